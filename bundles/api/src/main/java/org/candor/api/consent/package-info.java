/** Subjects, purposes, consent records and the keys whose destruction is erasure. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.candor.api.consent;
