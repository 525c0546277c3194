/** Text to token ids and back, with offsets into the original text. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.2.0")
package org.candor.api.tokenize;
