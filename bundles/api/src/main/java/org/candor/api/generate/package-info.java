/** Text from a model that writes: what is asked, what comes out, and who serves several at once. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.3.0")
package org.candor.api.generate;
