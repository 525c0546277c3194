/** How bundles that keep state have it backed up. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.candor.api.backup;
