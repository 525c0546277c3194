/** Every operation the platform offers, as one governed service method each; the surfaces only translate. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.5.0")
package org.candor.api.operation;
