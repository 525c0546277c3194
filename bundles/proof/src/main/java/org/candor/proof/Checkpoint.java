package org.candor.proof;

import java.util.ArrayList;
import java.util.List;

/**
 * What a log says of itself at one moment (c2sp.org/tlog-checkpoint): the text of a signed note.
 *
 * @param origin name of the log
 * @param size entries
 * @param root hash of the tree, 32 bytes
 * @param extensions further lines, opaque, none empty
 */
public record Checkpoint(String origin, long size, byte[] root, List<String> extensions) {

    public Checkpoint {
        extensions = List.copyOf(extensions);
    }

    /**
     * Reads the text of a note.
     *
     * @throws InvalidProofException when it is no checkpoint
     */
    public static Checkpoint parse(String text) throws InvalidProofException {
        if (!text.endsWith("\n")) {
            throw new InvalidProofException("a checkpoint ends with a newline");
        }
        String[] lines = text.substring(0, text.length() - 1).split("\n", -1);
        if (lines.length < 3) {
            throw new InvalidProofException("a checkpoint has at least three lines: origin, size, root");
        }
        List<String> extensions = new ArrayList<>(List.of(lines).subList(3, lines.length));
        if (lines[0].isEmpty() || extensions.contains("")) {
            throw new InvalidProofException("a checkpoint has no empty lines");
        }
        return new Checkpoint(
                lines[0],
                decimal("the checkpoint's size", lines[1]),
                StrictBase64.hash("the checkpoint's root", lines[2]),
                extensions);
    }

    /** A whole number without sign and leading zeros. */
    static long decimal(String what, String text) throws InvalidProofException {
        boolean digits = !text.isEmpty() && text.length() <= 18;
        for (int i = 0; i < text.length(); i++) {
            digits &= text.charAt(i) >= '0' && text.charAt(i) <= '9';
        }
        if (!digits || text.length() > 1 && text.charAt(0) == '0') {
            throw new InvalidProofException(what + " is no decimal number without leading zeros");
        }
        return Long.parseLong(text);
    }

    /** The text of the note. */
    public String text() {
        StringBuilder text = new StringBuilder();
        text.append(origin).append('\n').append(size).append('\n');
        text.append(StrictBase64.encode(root)).append('\n');
        extensions.forEach(line -> text.append(line).append('\n'));
        return text.toString();
    }
}
