/** An append-only log whose every entry can be proven to a third party. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.candor.api.transparency;
