/** Configuration that is checked whole before it counts, and what became of a change. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.candor.api.configuration;
