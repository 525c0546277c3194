package org.candor.api.chat;

/**
 * Compiles chat templates: the Jinja subset in which models on the Hugging Face hub say how a conversation becomes text.
 * A service; thread safe.
 */
public interface ChatTemplates {

    /**
     * Compiles a template. Everything it names (tags, filters, tests) is checked here, so that a template that can never
     * run is refused when its model is installed.
     *
     * @param name used in error messages, usually the file's name
     * @param source the template, as in chat_template.jinja or in the member chat_template of tokenizer_config.json
     * @throws TemplateException when it is damaged, too large, or uses something that is not supported
     */
    ChatTemplate compile(String name, String source) throws TemplateException;
}
