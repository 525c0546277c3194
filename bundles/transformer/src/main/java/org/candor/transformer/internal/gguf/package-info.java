/**
 * The GGUF format (ggml, docs/gguf.md): header, metadata, block layouts, and what a model's file says in the terms of
 * transformers.
 *
 * <p>Where readers differ, this one refuses: an empty key, strings that are not UTF-8, booleans other than 0 and 1, an array
 * of unknown type even when it is empty, names of tensors above 64 bytes, gaps between tensors, and bytes behind the last
 * one, but for the alignment's. It reads: tensors without dimensions, which hold one value, empty tensors, and tensors
 * listed in another order than they lie in.
 */
package org.candor.transformer.internal.gguf;
