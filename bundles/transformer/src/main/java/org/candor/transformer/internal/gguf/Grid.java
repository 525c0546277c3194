package org.candor.transformer.internal.gguf;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** A table of short vectors that codes of ggml's IQ types stand for. Immutable. */
final class Grid {

    /** The tables; IQ1_M shares that of IQ1_S. */
    enum Name {
        IQ2_XXS,
        IQ2_XS,
        IQ2_S,
        IQ3_XXS,
        IQ3_S,
        IQ1_S
    }

    private static final String FILE = "grids.txt";

    /** Read at the first use: most models need none. */
    private static final class Tables {
        private static final Map<Name, Grid> ALL = readAll();
    }

    private final int width;
    private final byte[] values;

    private Grid(int width, byte[] values) {
        this.width = width;
        this.values = values;
    }

    /** The table of this name. */
    static Grid of(Name name) {
        return Tables.ALL.get(name);
    }

    /** Value {@code i} of the entry of a code. */
    int value(int code, int i) {
        return values[code * width + i];
    }

    private static Map<Name, Grid> readAll() {
        Map<Name, Grid> grids = new EnumMap<>(Name.class);
        try (InputStream in = Grid.class.getResourceAsStream(FILE)) {
            if (in == null) {
                throw new IllegalStateException(FILE + " is missing from the bundle: install it again");
            }
            BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII));
            Name name = null;
            int[] digits = null;
            List<String> words = new ArrayList<>();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("grid ")) {
                    put(grids, name, digits, words);
                    String[] fields = line.split(" ");
                    name = Name.valueOf(fields[1]);
                    digits = new int[fields.length - 2];
                    for (int i = 0; i < digits.length; i++) {
                        digits[i] = Integer.parseInt(fields[i + 2]);
                    }
                    words.clear();
                } else if (!line.startsWith("#")) {
                    words.addAll(List.of(line.split(" ")));
                }
            }
            put(grids, name, digits, words);
            return grids;
        } catch (IOException e) {
            throw new UncheckedIOException(FILE + " in the bundle cannot be read: install it again", e);
        }
    }

    private static void put(Map<Name, Grid> grids, Name name, int[] digits, List<String> words) {
        if (name == null) {
            return;
        }
        int width = words.getFirst().length();
        byte[] values = new byte[words.size() * width];
        for (int w = 0; w < words.size(); w++) {
            for (int i = 0; i < width; i++) {
                values[w * width + i] = (byte) digits[words.get(w).charAt(i) - '0'];
            }
        }
        grids.put(name, new Grid(width, values));
    }
}
