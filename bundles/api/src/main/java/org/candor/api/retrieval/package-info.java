/** Documents, search and answers made of verbatim quotes. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("2.0.0")
package org.candor.api.retrieval;
