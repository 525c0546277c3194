package org.candor.compute.cpu.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class LinearPlanTest {

    @Test
    void theChunksCoverEveryRowOfEveryPanelOnce() {
        Random random = new Random(1);
        for (int i = 0; i < 500; i++) {
            int rows = 1 + random.nextInt(random.nextBoolean() ? 20 : 700);
            int inputs = 1 + random.nextInt(1600);
            int panels = 1 + random.nextInt(100);
            int threads = 1 + random.nextInt(16);
            LinearPlan plan = LinearPlan.of(rows, inputs, panels * 16, panels, threads);
            int[] times = new int[rows * panels];
            for (int chunk = 0; chunk < plan.chunks(); chunk++) {
                for (int row = plan.rowFrom(chunk); row < plan.rowTo(chunk); row++) {
                    for (int panel = plan.panelFrom(chunk); panel < plan.panelTo(chunk); panel++) {
                        times[row * panels + panel]++;
                    }
                }
            }
            for (int count : times) {
                assertEquals(1, count, plan.toString());
            }
        }
    }

    /** The layers of bge-small-en at lengths that questions and passages have, in panels of 16 and of 64 columns. */
    @Test
    void twoThreadsShareALayerEvenly() {
        for (int width : new int[] {16, 64}) {
            for (int rows : new int[] {16, 128, 384, 512}) {
                for (int[] layer : new int[][] {{384, 1152}, {384, 384}, {384, 1536}, {1536, 384}}) {
                    LinearPlan plan = LinearPlan.of(rows, layer[0], layer[1], layer[1] / width, 2);
                    assertTrue(plan.chunks() % 2 == 0 || plan.chunks() >= 16, rows + " rows: " + plan);
                }
            }
        }
    }
}
