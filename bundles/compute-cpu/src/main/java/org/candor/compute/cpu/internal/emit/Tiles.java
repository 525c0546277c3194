package org.candor.compute.cpu.internal.emit;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;

/**
 * The functions of {@link TileCode} and which of them a product is made of. Where a product takes a single panel, the first
 * tiles fetch what follows it in memory, which is what the next product takes: its weights come at the pace of memory while
 * this one is computed. Thread safe.
 */
final class Tiles {

    private static final int MOST_ROWS = 6;
    private static final int LINE_BYTES = 64;
    private static final int NONE = -1;
    /** Panels of 1, 2 or 4 vectors, then the widest with 1, 2 or 4 lines fetched in each step. */
    private static final int KINDS = 6;

    private static final MemoryLayout P = ValueLayout.ADDRESS;
    private static final MemoryLayout N = ValueLayout.JAVA_LONG;
    private static final FunctionDescriptor TILE = FunctionDescriptor.ofVoid(P, N, P, P, N, N, N, N, N);

    private final int lanes;
    private final int widest;
    /** Lines in a step of the widest panel, or 0 when none are fetched ahead. */
    private final int lines;
    /** By {@link #index}. */
    private final MethodHandle[] tiles;

    private final int[] offsets;

    /**
     * Writes them.
     *
     * @param ahead whether to fetch lines ahead
     */
    Tiles(Assembler code, boolean ahead) {
        lanes = code.lanes();
        widest = TileCode.mostVectors(lanes);
        lines = ahead ? widest * code.vectorBytes() / LINE_BYTES : 0;
        tiles = new MethodHandle[KINDS * 2 * MOST_ROWS];
        offsets = new int[tiles.length];
        Arrays.fill(offsets, NONE);
        for (int rows = 1; rows <= MOST_ROWS; rows++) {
            for (boolean add : new boolean[] {false, true}) {
                for (int vectors = 1; vectors <= widest; vectors *= 2) {
                    offsets[index(vectors, rows, add, 0)] = TileCode.write(code, rows, vectors, add, 0);
                }
                for (int each = lines; each > 0 && each >= lines / 2; each /= 2) {
                    offsets[index(widest, rows, add, each)] = TileCode.write(code, rows, widest, add, each);
                }
            }
        }
    }

    /** Makes them callable. */
    void link(MachineCode machine) {
        for (int i = 0; i < tiles.length; i++) {
            if (offsets[i] != NONE) {
                tiles[i] = machine.function(offsets[i], TILE);
            }
        }
    }

    /**
     * {@link org.candor.compute.cpu.internal.InnerLoops#multiply}.
     *
     * @param a its rows
     * @param b its panels
     * @param c its rows
     */
    void multiply(
            int vectors,
            int panels,
            MemorySegment a,
            int aStride,
            MemorySegment b,
            MemorySegment c,
            int cStride,
            int rows,
            int depth,
            boolean add)
            throws Throwable {
        long next = b.address() + b.byteSize();
        int done = 0;
        int fetched = 0;
        int wanted = panels == 1 && vectors == widest ? lines : 0;
        int each = rows > MOST_ROWS && lines > 1 ? wanted / 2 : wanted;
        while (done < rows) {
            int height = Math.min(rows - done, MOST_ROWS);
            boolean fetches = fetched < wanted;
            int count = fetches ? 1 : Math.max(1, (rows - done) / MOST_ROWS);
            tiles[index(vectors, height, add, fetches ? each : 0)].invokeExact(
                    a.asSlice(4L * done * aStride),
                    4L * aStride,
                    b,
                    c.asSlice(4L * done * cStride),
                    4L * cStride,
                    (long) depth,
                    (long) count,
                    (long) panels,
                    next + (long) fetched * depth * LINE_BYTES);
            done += count * height;
            fetched += fetches ? each : 0;
        }
    }

    private static int index(int vectors, int rows, boolean add, int lines) {
        int kind = Integer.numberOfTrailingZeros(lines == 0 ? vectors : lines) + (lines == 0 ? 0 : KINDS / 2);
        return (kind * 2 + (add ? 1 : 0)) * MOST_ROWS + rows - 1;
    }
}
