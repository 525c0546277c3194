package org.candor.governor.internal;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.candor.api.consent.SubjectKeys;

/**
 * Ids of logged operations: {@code INDEX-TAG}. The index leads to the entry, so that no table has to be kept, and it is as
 * durable as the log; the tag is keyed with a key of the caller's tenant, so that only that tenant's callers are believed
 * and nobody can make one up.
 *
 * @param index of the entry
 * @param tag 96 bits, hexadecimal
 */
record EntryId(long index, String tag) {

    /** No name of a person: those hold no control characters. */
    private static final String KEY = "\u0001entry-ids";

    private static final String LABEL = "entry-id";
    private static final int TAG_BYTES = 12;
    private static final Pattern FORM = Pattern.compile("([0-9]{1,15})-([0-9a-f]{24})");

    /** The id of an entry, as its tenant knows it. */
    static EntryId of(long index, byte[] entry, String tenant, SubjectKeys keys) {
        byte[] tag = keys.derive(tenant, KEY, sha256(entry), LABEL + "/" + index);
        return new EntryId(index, HexFormat.of().formatHex(Arrays.copyOf(tag, TAG_BYTES)));
    }

    /** Reads an id, or returns null where it is none. */
    static EntryId parse(String text) {
        Matcher form = FORM.matcher(text);
        return form.matches() ? new EntryId(Long.parseLong(form.group(1)), form.group(2)) : null;
    }

    boolean sameAs(EntryId other) {
        return index == other.index
                && MessageDigest.isEqual(
                        tag.getBytes(StandardCharsets.US_ASCII), other.tag.getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is part of every JDK", e);
        }
    }

    @Override
    public String toString() {
        return index + "-" + tag;
    }
}
