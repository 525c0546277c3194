package org.candor.compute.cpu.internal;

/**
 * How a linear layer is divided into chunks: blocks of rows times groups of panels, row blocks outermost. No effect on
 * results, only on who computes which and what stays in cache.
 */
record LinearPlan(int rows, int panels, int rowStep, int panelStep, int panelGroups, int chunks) {

    /** Multiply-adds worth a chunk of their own: about ten microseconds. The threads wait for half of one at the end. */
    private static final long GRAIN = 1 << 19;

    /** Most chunks for each thread. */
    private static final long MOST = 32;

    /** With so many chunks for each thread it hardly matters that one does a chunk more than another. */
    private static final int MANY = 8;

    /** Rows of one block; a multiple of the register tile's. Their inputs stay in the second-level cache. */
    private static final int BLOCK = 96;

    static LinearPlan of(int rows, int inputs, int outputs, int panels, int threads) {
        return of(rows, inputs, outputs, panels, threads, BLOCK, 6);
    }

    /** For weights in blocks. */
    static LinearPlan ofBlocks(int rows, int inputs, int outputs, int panels, BlockLoops.Shape shape, int threads) {
        int tile = shape.tileRows();
        int most = Math.clamp(shape.roundedBytes() / BlockRows.rowBytes(inputs), 2 * tile, shape.blockRows());
        return of(rows, inputs, outputs, panels, threads, most / tile * tile, tile);
    }

    /**
     * @param block rows of one block of rows
     * @param tile rows of a register tile
     */
    private static LinearPlan of(int rows, int inputs, int outputs, int panels, int threads, int block, int tile) {
        long work = (long) rows * inputs * outputs;
        if (work < GRAIN / 2 || threads == 1 && rows <= block) {
            return new LinearPlan(rows, panels, rows, panels, 1, 1);
        }
        int blocks = Math.max(1, rows / block);
        int rowStep = Math.ceilDiv(Math.ceilDiv(rows, blocks), tile) * tile;
        blocks = Math.ceilDiv(rows, rowStep);
        long wanted = Math.clamp(work / GRAIN, threads, MOST * threads);
        int groups = (int) Math.clamp(Math.ceilDiv(wanted, blocks), 1, panels);
        int panelStep = Math.ceilDiv(panels, groups);
        groups = Math.ceilDiv(panels, panelStep);
        while (panelStep > 1 && blocks * groups < MANY * threads && blocks * groups % threads != 0) {
            panelStep--;
            groups = Math.ceilDiv(panels, panelStep);
        }
        return new LinearPlan(rows, panels, rowStep, panelStep, groups, blocks * groups);
    }

    int rowFrom(int chunk) {
        return chunk / panelGroups * rowStep;
    }

    int rowTo(int chunk) {
        return Math.min(rows, rowFrom(chunk) + rowStep);
    }

    int panelFrom(int chunk) {
        return chunk % panelGroups * panelStep;
    }

    int panelTo(int chunk) {
        return Math.min(panels, panelFrom(chunk) + panelStep);
    }
}
