package org.candor.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.candor.itests.Server.Result;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Every format of a library, read by the bundle as it is wired in the container, not by a test's flat class path. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LibraryFormatsIT {

    /** Question, words of the answer, document. */
    private record Case(String question, String words, String document) {}

    private static final List<Case> CASES = List.of(
            new Case("When did the Velm observatory open?", "1911", "observatory.txt"),
            new Case("Who founded the Torrin orchestra?", "Ilse Marrow", "orchestra.md"),
            new Case("How long is the Quarl canal?", "forty kilometres", "canal.html"),
            new Case("Who opened the Oblant bridge?", "Mayor Tessaly", "bridge.pdf"),
            new Case("What does the Harrow mill grind?", "buckwheat", "mill.docx"),
            new Case("Where does the Senna ferry land?", "Ostrand", "coast/north/ferry.md"));

    private Path library;
    private Server server;
    private Result first;

    @BeforeAll
    void start(@TempDir Path folder) throws IOException, InterruptedException {
        library = Files.createDirectories(folder.resolve("formats"));
        Files.createDirectories(library.resolve("coast/north"));
        Files.writeString(library.resolve("observatory.txt"), "The Velm observatory opened in 1911 on a hill.\n");
        Files.writeString(library.resolve("orchestra.md"), "# Music\n\nIlse Marrow founded the Torrin orchestra.\n");
        Files.writeString(
                library.resolve("canal.html"),
                "<html><body><p>The Quarl canal is <b>forty kilometres</b> long.</p></body></html>");
        Files.write(library.resolve("bridge.pdf"), pdf("The Oblant bridge was opened by Mayor Tessaly in 1932."));
        Files.write(library.resolve("mill.docx"), docx("The Harrow mill grinds buckwheat every autumn."));
        Files.writeString(library.resolve("coast/north/ferry.md"), "The Senna ferry lands at Ostrand twice a day.\n");
        Files.writeString(library.resolve("broken.pdf"), "This is no PDF.\n");
        server = new Server(folder.resolve("home"));
        first = server.candor(
                "ask", "--library", library.toString(), CASES.getFirst().question());
    }

    @AfterAll
    void stop() throws IOException, InterruptedException {
        server.close();
    }

    @Test
    void everyFormatAnswersFromItsOwnDocument() throws IOException, InterruptedException {
        assertEquals(0, first.exitCode(), first.err());
        for (Case asked : CASES) {
            Result result = server.candor("ask", "--json", asked.question());
            assertEquals(0, result.exitCode(), asked.document() + ": " + result.err());
            Map<?, ?> citation = (Map<?, ?>) ((List<?>) result.json().get("citations")).getFirst();
            assertEquals(asked.document(), citation.get("document"));
            assertTrue(citation.get("text").toString().contains(asked.words()), citation.toString());
            List<?> all = (List<?>) result.json().get("citations");
            assertEquals(1, all.size(), "what has nothing to do with the question is not cited: " + all);
        }
    }

    @Test
    void aFileThatCannotBeReadIsNamedWithTheReasonOnceInTheLog() throws IOException, InterruptedException {
        assertTrue(first.err().contains("1 of 7 files was not read: broken.pdf: the PDF cannot be read"), first.err());
        assertFalse(first.err().contains("bridge.pdf"), first.err());
        server.candor("ask", "--library", library.toString(), CASES.getFirst().question());
        String log = Files.readString(server.home().resolve("logs/candor.log"));
        List<String> warnings =
                log.lines().filter(line -> line.contains("broken.pdf")).toList();
        assertEquals(1, warnings.size(), String.join("\n", warnings));
        assertTrue(warnings.getFirst().contains("WARN"), warnings.getFirst());
    }

    /** One page with one line, its content stream compressed, and a cross-reference table that fits. */
    private static byte[] pdf(String line) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (DeflaterOutputStream out = new DeflaterOutputStream(packed, new Deflater())) {
            out.write(("BT /F1 12 Tf 72 720 Td (" + line + ") Tj ET").getBytes(StandardCharsets.US_ASCII));
        }
        List<byte[]> objects = List.of(
                ascii("<< /Type /Catalog /Pages 2 0 R >>"),
                ascii("<< /Type /Pages /Kids [3 0 R] /Count 1 >>"),
                ascii("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
                        + " /Resources << /Font << /F1 5 0 R >> >> >>"),
                join(
                        ascii("<< /Length " + packed.size() + " /Filter /FlateDecode >>\nstream\n"),
                        packed.toByteArray(),
                        ascii("\nendstream")),
                ascii("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"));
        ByteArrayOutputStream pdf = new ByteArrayOutputStream();
        StringBuilder table = new StringBuilder("xref\n0 " + (objects.size() + 1) + "\n0000000000 65535 f \n");
        pdf.write(ascii("%PDF-1.4\n"));
        for (int i = 0; i < objects.size(); i++) {
            table.append("%010d 00000 n \n".formatted(pdf.size()));
            pdf.write(join(ascii((i + 1) + " 0 obj\n"), objects.get(i), ascii("\nendobj\n")));
        }
        int start = pdf.size();
        pdf.write(ascii(table + "trailer\n<< /Size " + (objects.size() + 1) + " /Root 1 0 R >>\nstartxref\n" + start
                + "\n%%EOF\n"));
        return pdf.toByteArray();
    }

    private static byte[] docx(String paragraph) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            part(
                    zip,
                    "[Content_Types].xml",
                    "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">"
                            + "<Override PartName=\"/word/document.xml\" ContentType=\"application/vnd.openxmlformats-"
                            + "officedocument.wordprocessingml.document.main+xml\"/></Types>");
            part(
                    zip,
                    "word/document.xml",
                    "<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>"
                            + "<w:p><w:r><w:t>" + paragraph + "</w:t></w:r></w:p></w:body></w:document>");
        }
        return bytes.toByteArray();
    }

    private static void part(ZipOutputStream zip, String name, String text) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(text.getBytes(StandardCharsets.UTF_8));
        zip.closeEntry();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
