package org.candor.tokenizer.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPInputStream;

/** Lines of the corpora that lie beside the checkout. */
final class Corpora {
    private final Path data = Path.of(System.getProperty("candor.shared", "../shared"), "data");

    Path folder() {
        return data;
    }

    boolean isPresent() {
        return Files.isDirectory(data.resolve("squad"));
    }

    /** The same 10,000 lines each time, a quarter from each corpus. */
    List<String> tenThousandLines() throws IOException {
        List<String> lines = new ArrayList<>();
        lines.addAll(sample(json("squad/dev-v1.1.json.gz")));
        lines.addAll(sample(json("cmrc2018/dev-squad-style.json.gz")));
        lines.addAll(sample(Files.readAllLines(data.resolve("banking77/train.csv"))));
        lines.addAll(sample(shakespeare()));
        return lines;
    }

    private static List<String> sample(List<String> lines) {
        List<String> shuffled = new ArrayList<>(lines);
        Collections.shuffle(shuffled, new Random(20261122));
        if (shuffled.size() < 2500) {
            throw new IllegalStateException("only " + shuffled.size() + " lines");
        }
        return shuffled.subList(0, 2500);
    }

    private List<String> shakespeare() throws IOException {
        return new String(unpacked("tiny-shakespeare/input.txt.gz"), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.isBlank())
                .toList();
    }

    /** Contexts and questions. */
    private List<String> json(String file) throws IOException {
        List<String> texts = new ArrayList<>();
        collect(JsonSection.read(file, unpacked(file)).members(), texts);
        return texts;
    }

    private static void collect(Object value, List<String> texts) {
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, member) -> {
                if ((key.equals("context") || key.equals("question")) && member instanceof String text) {
                    texts.add(text);
                }
                collect(member, texts);
            });
        } else if (value instanceof List<?> list) {
            list.forEach(item -> collect(item, texts));
        }
    }

    private byte[] unpacked(String file) throws IOException {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(data.resolve(file)))) {
            return in.readAllBytes();
        }
    }
}
