package org.candor.retrieval.internal.text;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Turns a file's bytes into text, by its extension. Thread safe; limits guard against hostile files. */
public final class Extractor {
    private interface Format {
        Extraction read(byte[] content, Limits limits) throws UnreadableDocumentException;
    }

    private static final Map<String, Format> FORMATS = Map.of(
            "txt", (content, limits) -> text(content, false, limits),
            "md", (content, limits) -> text(content, true, limits),
            "markdown", (content, limits) -> text(content, true, limits),
            "html", Html::read,
            "htm", Html::read,
            "pdf", Pdf::read,
            "docx", Docx::read);

    private final Limits limits;

    /** @param limits what is too much */
    public Extractor(Limits limits) {
        this.limits = limits;
    }

    /** Whether files of this name are read. */
    public static boolean supports(String name) {
        return FORMATS.containsKey(extension(name));
    }

    /**
     * Reads a file.
     *
     * @param name with an extension
     * @throws UnreadableDocumentException when it is not what the extension says, is damaged, or exceeds a limit
     */
    public Extraction read(String name, byte[] content) throws UnreadableDocumentException {
        Format format = FORMATS.get(extension(name));
        if (format == null) {
            throw new UnreadableDocumentException(
                    "the type of " + name + " is not supported (txt, md, html, pdf, docx are)");
        }
        if (content.length > limits.bytes()) {
            throw new UnreadableDocumentException(
                    "the file has " + content.length + " bytes, at most " + limits.bytes() + " are read");
        }
        Extraction extraction = format.read(content, limits);
        if (extraction.text().length() > limits.characters()) {
            throw new UnreadableDocumentException("the text is longer than " + limits.characters() + " characters");
        }
        return extraction;
    }

    private static Extraction text(byte[] content, boolean markdown, Limits limits) throws UnreadableDocumentException {
        String text = TextDecoder.decode(content);
        if (text.length() > limits.characters()) {
            throw new UnreadableDocumentException("the text is longer than " + limits.characters() + " characters");
        }
        if (text.indexOf('\0') >= 0) {
            throw new UnreadableDocumentException("the file holds zero bytes, it is no text");
        }
        FrontMatter frontMatter = FrontMatter.parse(text);
        List<Block> blocks = MarkdownBlocks.of(text, frontMatter.end(), markdown);
        String title = frontMatter.first("title");
        if (title == null && !blocks.isEmpty() && blocks.getFirst().kind() == Block.Kind.HEADING) {
            title = text.substring(blocks.getFirst().start(), blocks.getFirst().end());
        }
        return new Extraction(text, frontMatter, title == null ? "" : title.strip(), blocks);
    }

    private static String extension(String name) {
        int dot = name.lastIndexOf('.');
        return dot < 0 ? "" : name.substring(dot + 1).toLowerCase(Locale.ROOT);
    }
}
