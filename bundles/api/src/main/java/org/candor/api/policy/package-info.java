/** Who may do what, for which purpose, under which obligations. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.3.0")
package org.candor.api.policy;
