package org.candor.transformer.internal.weights;

import org.candor.api.compute.BlockType;
import org.candor.api.compute.ElementType;
import org.candor.transformer.internal.gguf.BlockLayout;
import org.candor.transformer.internal.gguf.CodebookBlocks;
import org.candor.transformer.internal.gguf.GridBlocks;
import org.candor.transformer.internal.gguf.PlainValues;
import org.candor.transformer.internal.gguf.ScaledBlocks;
import org.candor.transformer.internal.gguf.SuperBlocks;
import org.candor.transformer.internal.gguf.TernaryBlocks;

/** Types of values found in weight files: elements under the names of safetensors, blocks under those of ggml. */
public enum StoredType {
    BOOL(8),
    F4(4),
    F6_E2M3(6),
    F6_E3M2(6),
    U8(8),
    I8(8),
    F8_E5M2(8),
    F8_E4M3(8),
    F8_E8M0(8),
    F8_E4M3FNUZ(8),
    F8_E5M2FNUZ(8),
    I16(16),
    U16(16),
    F16(16, PlainValues.F16),
    BF16(16, PlainValues.BF16),
    I32(32),
    U32(32),
    F32(32, PlainValues.F32),
    C64(64),
    F64(64),
    I64(64),
    U64(64),
    Q4_0(ScaledBlocks.Q4_0),
    Q4_1(ScaledBlocks.Q4_1),
    Q5_0(ScaledBlocks.Q5_0),
    Q5_1(ScaledBlocks.Q5_1),
    Q8_0(ScaledBlocks.Q8_0),
    Q2_K(SuperBlocks.Q2_K),
    Q3_K(SuperBlocks.Q3_K),
    Q4_K(SuperBlocks.Q4_K),
    Q5_K(SuperBlocks.Q5_K),
    Q6_K(SuperBlocks.Q6_K),
    IQ1_S(GridBlocks.IQ1_S),
    IQ1_M(GridBlocks.IQ1_M),
    IQ2_XXS(GridBlocks.IQ2_XXS),
    IQ2_XS(GridBlocks.IQ2_XS),
    IQ2_S(GridBlocks.IQ2_S),
    IQ3_XXS(GridBlocks.IQ3_XXS),
    IQ3_S(GridBlocks.IQ3_S),
    IQ4_NL(CodebookBlocks.IQ4_NL),
    IQ4_XS(CodebookBlocks.IQ4_XS),
    MXFP4(CodebookBlocks.MXFP4),
    TQ1_0(TernaryBlocks.TQ1_0),
    TQ2_0(TernaryBlocks.TQ2_0);

    private final int bits;
    private final BlockLayout layout;

    StoredType(int bits) {
        this(bits, null);
    }

    StoredType(BlockLayout layout) {
        this(0, layout);
    }

    StoredType(int bits, BlockLayout layout) {
        this.bits = bits;
        this.layout = layout;
    }

    /** Bits of one element; 0 for types that exist in blocks only. */
    public int bits() {
        return bits;
    }

    /** How stored bytes become numbers; null where this is no type of weights here. */
    public BlockLayout layout() {
        return layout;
    }

    /** The blocks that a backend takes as they are stored, or null. */
    public BlockType blocks() {
        return switch (this) {
            case Q8_0 -> BlockType.Q8_0;
            case Q4_0 -> BlockType.Q4_0;
            default -> null;
        };
    }

    /** The type a backend takes weights in as they are stored, or null. */
    public ElementType element() {
        return switch (this) {
            case F32 -> ElementType.F32;
            case F16 -> ElementType.F16;
            case BF16 -> ElementType.BF16;
            default -> null;
        };
    }
}
