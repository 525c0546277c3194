/** Conversations to the text a model was trained on, by the model's own chat template, and tool calls back from its text. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.candor.api.chat;
