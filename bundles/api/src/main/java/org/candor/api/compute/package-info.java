/** Tensors, weights and the operations a transformer is made of, on whatever device a backend drives. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("4.0.0")
package org.candor.api.compute;
