package org.candor.retrieval.internal.text;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Locale;
import java.util.Set;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;
import org.jsoup.select.NodeFilter;

/** HTML through jsoup: what a reader sees, block by block, without navigation and scripts. */
final class Html {
    private static final Set<String> HIDDEN = Set.of(
            "head",
            "script",
            "style",
            "noscript",
            "template",
            "svg",
            "math",
            "canvas",
            "nav",
            "iframe",
            "object",
            "select",
            "button",
            "textarea");
    private static final Set<String> HEADINGS = Set.of("h1", "h2", "h3", "h4", "h5", "h6");

    private Html() {}

    static Extraction read(byte[] content, Limits limits) throws UnreadableDocumentException {
        try {
            Document document = Jsoup.parse(new ByteArrayInputStream(content), null, "");
            Reader reader = new Reader(limits);
            document.filter(reader);
            reader.flush(Block.Kind.TEXT);
            if (reader.failure != null) {
                throw reader.failure;
            }
            return reader.out.extraction(BlockWriter.normalize(document.title()));
        } catch (UnreadableDocumentException e) {
            throw e;
        } catch (IOException | RuntimeException | StackOverflowError e) {
            throw new UnreadableDocumentException("the HTML cannot be parsed: " + e, e);
        }
    }

    private static final class Reader implements NodeFilter {
        private final BlockWriter out;
        private final StringBuilder line = new StringBuilder();
        private UnreadableDocumentException failure;
        private int preformatted;

        Reader(Limits limits) {
            out = new BlockWriter(limits.characters());
        }

        @Override
        public FilterResult head(Node node, int depth) {
            if (failure != null) {
                return FilterResult.STOP;
            }
            if (node instanceof TextNode text) {
                if (preformatted > 0) {
                    preformatted(text.getWholeText());
                } else {
                    line.append(text.getWholeText());
                }
            } else if (node instanceof Element element) {
                String name = element.normalName();
                if (HIDDEN.contains(name) || element.hasAttr("hidden")) {
                    return FilterResult.SKIP_ENTIRELY;
                }
                if (name.equals("br")) {
                    line.append(' ');
                } else if (breaks(element)) {
                    flush(Block.Kind.TEXT);
                }
                preformatted += name.equals("pre") ? 1 : 0;
            }
            return FilterResult.CONTINUE;
        }

        @Override
        public FilterResult tail(Node node, int depth) {
            if (node instanceof Element element) {
                String name = element.normalName().toLowerCase(Locale.ROOT);
                if (breaks(element)) {
                    flush(HEADINGS.contains(name) ? Block.Kind.HEADING : Block.Kind.TEXT);
                }
                preformatted -= name.equals("pre") ? 1 : 0;
            }
            return failure == null ? FilterResult.CONTINUE : FilterResult.STOP;
        }

        /** Paragraphs inside {@code pre} are told apart by empty lines, as in plain text. */
        private void preformatted(String text) {
            for (String paragraph : text.split("\\R[ \\t]*\\R")) {
                line.append(paragraph);
                flush(Block.Kind.TEXT);
            }
        }

        private static boolean breaks(Element element) {
            return (element.isBlock() && !element.normalName().equals("br"))
                    || element.normalName().equals("td")
                    || element.normalName().equals("th");
        }

        private void flush(Block.Kind kind) {
            try {
                out.add(BlockWriter.normalize(line), kind);
            } catch (UnreadableDocumentException e) {
                failure = e;
            }
            line.setLength(0);
        }
    }
}
