/** Who has access: users with passwords, programs with keys. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.candor.api.access;
