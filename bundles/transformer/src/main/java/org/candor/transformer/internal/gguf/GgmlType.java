package org.candor.transformer.internal.gguf;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.candor.api.model.ModelFormatException;

/** How a GGUF file stores a tensor's values; numbers and names as in ggml (ggml.h, enum ggml_type). */
public enum GgmlType {
    F32(0, PlainValues.F32),
    F16(1, PlainValues.F16),
    Q4_0(2, ScaledBlocks.Q4_0),
    Q4_1(3, ScaledBlocks.Q4_1),
    Q5_0(6, ScaledBlocks.Q5_0),
    Q5_1(7, ScaledBlocks.Q5_1),
    Q8_0(8, ScaledBlocks.Q8_0),
    Q2_K(10, SuperBlocks.Q2_K),
    Q3_K(11, SuperBlocks.Q3_K),
    Q4_K(12, SuperBlocks.Q4_K),
    Q5_K(13, SuperBlocks.Q5_K),
    Q6_K(14, SuperBlocks.Q6_K),
    IQ2_XXS(16, GridBlocks.IQ2_XXS),
    IQ2_XS(17, GridBlocks.IQ2_XS),
    IQ3_XXS(18, GridBlocks.IQ3_XXS),
    IQ1_S(19, GridBlocks.IQ1_S),
    IQ4_NL(20, CodebookBlocks.IQ4_NL),
    IQ3_S(21, GridBlocks.IQ3_S),
    IQ2_S(22, GridBlocks.IQ2_S),
    IQ4_XS(23, CodebookBlocks.IQ4_XS),
    I8(24, 1),
    I16(25, 2),
    I32(26, 4),
    I64(27, 8),
    F64(28, 8),
    IQ1_M(29, GridBlocks.IQ1_M),
    BF16(30, PlainValues.BF16),
    TQ1_0(34, TernaryBlocks.TQ1_0),
    TQ2_0(35, TernaryBlocks.TQ2_0),
    MXFP4(39, CodebookBlocks.MXFP4);

    /** Types that exist but are not read here. */
    private static final Map<Integer, String> NOT_READ =
            Map.of(9, "Q8_1", 15, "Q8_K", 40, "NVFP4", 41, "Q1_0", 42, "Q2_0");

    /** Types that the format no longer has. */
    private static final Map<Integer, String> REMOVED = Map.of(
            4, "Q4_2",
            5, "Q4_3",
            31, "Q4_0_4_4",
            32, "Q4_0_4_8",
            33, "Q4_0_8_8",
            36, "IQ4_NL_4_4",
            37, "IQ4_NL_4_8",
            38, "IQ4_NL_8_8");

    private static final Map<Integer, GgmlType> BY_NUMBER = new TreeMap<>();

    static {
        for (GgmlType type : values()) {
            BY_NUMBER.put(type.number, type);
        }
    }

    private final int number;
    private final int blockValues;
    private final int blockBytes;
    private final BlockLayout layout;

    GgmlType(int number, BlockLayout layout) {
        this.number = number;
        this.blockValues = layout.blockValues();
        this.blockBytes = layout.blockBytes();
        this.layout = layout;
    }

    GgmlType(int number, int bytes) {
        this.number = number;
        this.blockValues = 1;
        this.blockBytes = bytes;
        this.layout = null;
    }

    /** Its number in a file. */
    public int number() {
        return number;
    }

    /** Values of one block. */
    public int blockValues() {
        return blockValues;
    }

    /** Bytes of one block. */
    public int blockBytes() {
        return blockBytes;
    }

    /** How its blocks become numbers; null for types that hold no weights. */
    public BlockLayout layout() {
        return layout;
    }

    /**
     * The type of this number.
     *
     * @param tensor what has the type, for messages
     * @throws ModelFormatException when it is not read here; says whether it exists and what is read
     */
    static GgmlType read(String file, String tensor, int number) throws ModelFormatException {
        GgmlType type = BY_NUMBER.get(number);
        if (type != null) {
            return type;
        }
        String why = NOT_READ.containsKey(number)
                ? NOT_READ.get(number) + ", which is not read here"
                : REMOVED.containsKey(number)
                        ? REMOVED.get(number) + ", which was removed from the format"
                        : "number " + Integer.toUnsignedString(number) + ", which is unknown";
        throw new ModelFormatException(
                file + ": " + tensor + " is of type " + why + " (read are " + List.of(values()) + ")");
    }
}
