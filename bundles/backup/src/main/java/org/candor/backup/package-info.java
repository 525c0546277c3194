/** The archive of a server's state. Every class is used by one thread. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.candor.backup;
