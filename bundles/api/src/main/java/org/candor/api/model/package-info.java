/** Model revisions: what they are, how they are loaded, leased and activated. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.5.0")
package org.candor.api.model;
