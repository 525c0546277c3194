package org.candor.retrieval.internal.text;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Word documents (ECMA-376, WordprocessingML): the paragraphs of {@code word/document.xml} and the title of {@code
 * docProps/core.xml}. No external entity, no document type, bounded inflation.
 */
final class Docx {
    private static final String BODY = "word/document.xml";
    private static final String PROPERTIES = "docProps/core.xml";
    private static final int MOST_ENTRIES = 10_000;
    private static final int MOST_INFLATED = 128 << 20;
    private static final int MOST_DEPTH = 500;

    private Docx() {}

    static Extraction read(byte[] content, Limits limits) throws UnreadableDocumentException {
        try {
            Map<String, byte[]> parts = parts(content);
            byte[] body = parts.get(BODY);
            if (body == null) {
                throw new UnreadableDocumentException("the docx has no " + BODY);
            }
            BlockWriter out = new BlockWriter(limits.characters());
            paragraphs(body, out);
            return out.extraction(parts.containsKey(PROPERTIES) ? title(parts.get(PROPERTIES)) : null);
        } catch (UnreadableDocumentException e) {
            throw e;
        } catch (IOException | XMLStreamException | RuntimeException e) {
            throw new UnreadableDocumentException("the docx cannot be read: " + e.getMessage(), e);
        }
    }

    private static Map<String, byte[]> parts(byte[] content) throws IOException {
        Map<String, byte[]> parts = new HashMap<>();
        long inflated = 0;
        int entries = 0;
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(content))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                if (++entries > MOST_ENTRIES) {
                    throw new UnreadableDocumentException("the docx has more than " + MOST_ENTRIES + " entries");
                }
                boolean wanted = entry.getName().equals(BODY) || entry.getName().equals(PROPERTIES);
                inflated += wanted ? keep(zip, entry.getName(), parts) : skip(zip);
                if (inflated > MOST_INFLATED) {
                    throw new UnreadableDocumentException("the docx inflates to more than " + MOST_INFLATED + " bytes");
                }
            }
        }
        return parts;
    }

    private static long keep(ZipInputStream zip, String name, Map<String, byte[]> parts) throws IOException {
        byte[] bytes = zip.readNBytes(MOST_INFLATED / 2);
        if (zip.read() >= 0) {
            throw new UnreadableDocumentException("the docx inflates to more than " + MOST_INFLATED / 2 + " bytes");
        }
        parts.put(name, bytes);
        return bytes.length;
    }

    private static long skip(ZipInputStream zip) throws IOException {
        byte[] buffer = new byte[16_384];
        long n = 0;
        for (int read = zip.read(buffer); read >= 0 && n <= MOST_INFLATED; read = zip.read(buffer)) {
            n += read;
        }
        return n;
    }

    private static void paragraphs(byte[] body, BlockWriter out)
            throws XMLStreamException, UnreadableDocumentException {
        XMLStreamReader xml = reader(new ByteArrayInputStream(body));
        StringBuilder paragraph = new StringBuilder();
        boolean heading = false;
        boolean inText = false;
        int depth = 0;
        while (xml.hasNext()) {
            switch (xml.next()) {
                case XMLStreamConstants.START_ELEMENT -> {
                    if (++depth > MOST_DEPTH) {
                        throw new UnreadableDocumentException("elements are nested deeper than " + MOST_DEPTH);
                    }
                    switch (xml.getLocalName()) {
                        case "t" -> inText = true;
                        case "tab", "br", "cr" -> paragraph.append(' ');
                        case "noBreakHyphen" -> paragraph.append('-');
                        case "pStyle" -> heading |= isHeading(xml);
                        default -> {}
                    }
                }
                case XMLStreamConstants.END_ELEMENT -> {
                    depth--;
                    switch (xml.getLocalName()) {
                        case "t" -> inText = false;
                        case "p" -> {
                            out.add(BlockWriter.normalize(paragraph), heading ? Block.Kind.HEADING : Block.Kind.TEXT);
                            paragraph.setLength(0);
                            heading = false;
                        }
                        default -> {}
                    }
                }
                case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA, XMLStreamConstants.SPACE -> {
                    if (inText) {
                        paragraph.append(xml.getText());
                    }
                }
                default -> {}
            }
        }
        out.add(BlockWriter.normalize(paragraph), Block.Kind.TEXT);
    }

    private static boolean isHeading(XMLStreamReader xml) {
        for (int i = 0; i < xml.getAttributeCount(); i++) {
            if (xml.getAttributeLocalName(i).equals("val")) {
                String style = xml.getAttributeValue(i).toLowerCase(Locale.ROOT);
                return style.startsWith("heading") || style.equals("title") || style.equals("subtitle");
            }
        }
        return false;
    }

    private static String title(byte[] properties) throws XMLStreamException {
        XMLStreamReader xml = reader(new ByteArrayInputStream(properties));
        StringBuilder title = new StringBuilder();
        boolean inTitle = false;
        while (xml.hasNext()) {
            int event = xml.next();
            if (event == XMLStreamConstants.START_ELEMENT || event == XMLStreamConstants.END_ELEMENT) {
                inTitle = event == XMLStreamConstants.START_ELEMENT
                        && xml.getLocalName().equals("title");
            } else if (event == XMLStreamConstants.CHARACTERS && inTitle && title.length() < 1_000) {
                title.append(xml.getText());
            }
        }
        return BlockWriter.normalize(title);
    }

    private static XMLStreamReader reader(InputStream in) throws XMLStreamException {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_COALESCING, false);
        return factory.createXMLStreamReader(in);
    }
}
