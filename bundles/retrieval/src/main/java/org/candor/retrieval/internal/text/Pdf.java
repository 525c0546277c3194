package org.candor.retrieval.internal.text;

import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.text.PDFTextStripper;
import org.apache.pdfbox.text.TextPosition;

/** PDF through PDFBox: paragraphs as its layout analysis finds them; words broken at line ends are joined. */
final class Pdf {
    private static final int MOST_PAGES = 5_000;
    private static final String PARAGRAPH = "\u0001";

    private Pdf() {}

    static Extraction read(byte[] content, Limits limits) throws UnreadableDocumentException {
        try (PDDocument document = Loader.loadPDF(content)) {
            if (document.getNumberOfPages() > MOST_PAGES) {
                throw new UnreadableDocumentException("the PDF has more than " + MOST_PAGES + " pages");
            }
            Stripper stripper = new Stripper(limits);
            StringWriter text = new StringWriter();
            stripper.writeText(document, text);
            BlockWriter out = new BlockWriter(limits.characters());
            for (String paragraph : text.toString().split(PARAGRAPH)) {
                String joined = paragraph.replaceAll("(\\p{Ll})-\\R\\s*(?=\\p{Ll})", "$1");
                out.add(BlockWriter.normalize(joined), Block.Kind.TEXT);
            }
            String title = document.getDocumentInformation().getTitle();
            return out.extraction(title == null ? null : BlockWriter.normalize(title));
        } catch (UnreadableDocumentException e) {
            throw e;
        } catch (IOException | RuntimeException | StackOverflowError e) {
            // PDFBox answers damage with exceptions of many kinds
            throw new UnreadableDocumentException("the PDF cannot be read: " + e, e);
        } catch (NoClassDefFoundError e) {
            if (isCertificates(e)) {
                throw new UnreadableDocumentException("the PDF is encrypted for the holder of a certificate", e);
            }
            throw e; // a fault of the installation, not of the file
        }
    }

    /** Bouncy Castle is left out: PDFBox needs it for files encrypted with a certificate, and for nothing else. */
    private static boolean isCertificates(NoClassDefFoundError error) {
        return error.getMessage() != null && error.getMessage().contains("org/bouncycastle/");
    }

    private static final class Stripper extends PDFTextStripper {
        private final long deadline;
        private final int most;
        private int written;

        Stripper(Limits limits) {
            deadline = System.nanoTime() + limits.seconds() * 1_000_000_000L;
            most = limits.characters();
            setParagraphStart(PARAGRAPH);
            setPageEnd(PARAGRAPH);
            setLineSeparator("\n");
            setSortByPosition(false);
        }

        @Override
        protected void processTextPosition(TextPosition position) {
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("reading takes too long");
            }
            super.processTextPosition(position);
        }

        @Override
        protected void writeString(String text, List<TextPosition> positions) throws IOException {
            written += text.length();
            if (written > most) {
                throw new UnreadableDocumentException("the text is longer than " + most + " characters");
            }
            super.writeString(text.replace(PARAGRAPH, " "), positions);
        }
    }
}
