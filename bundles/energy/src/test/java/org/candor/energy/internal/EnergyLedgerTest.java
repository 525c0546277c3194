package org.candor.energy.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.candor.api.energy.EnergyAccount;
import org.candor.api.energy.EnergyShare;
import org.candor.api.energy.EnergyStatus;
import org.junit.jupiter.api.Test;

class EnergyLedgerTest {
    private static final long SECOND = 1_000_000_000;
    private static final double CLOSE = 1e-9;

    private final FakeMachine machine = new FakeMachine();
    private final Thread me = Thread.currentThread();

    /** 2 W when idle, 5 W more for each busy processor. */
    private EnergyLedger ledger() throws MeterUnreadableException {
        return new EnergyLedger(machine, machine, new PackagePower(2, 5));
    }

    @Test
    void anOperationTakesTheEnergyOfItsThreadAndIdlePowerIsNobodys() throws Exception {
        EnergyLedger ledger = ledger();
        EnergyAccount account = ledger.open("answer");
        machine.compute(me, SECOND);
        machine.pass(2 * SECOND, SECOND, 10);
        EnergyShare share = account.settle();
        assertEquals(6, share.joules(), CLOSE);
        assertEquals("rapl", share.method());
        assertEquals(2, share.seconds(), CLOSE);
        assertEquals(1, share.cpuSeconds(), CLOSE);
        assertEquals("", share.reason());
        EnergyStatus status = ledger.status();
        assertEquals(10, status.totalJoules(), CLOSE);
        assertEquals(4, status.idleJoules(), CLOSE);
        assertEquals(Map.of("answer", share.joules()), status.joulesByOperation());
    }

    @Test
    void operationsShareInProportionToTheirProcessorTime() throws Exception {
        EnergyLedger ledger = ledger();
        EnergyAccount small = ledger.open("embed");
        EnergyAccount large = ledger.open("answer");
        machine.pass(SECOND, SECOND, 12);
        small.work(SECOND / 10);
        large.work(6 * SECOND / 10);
        assertEquals(1, small.settle().joules(), CLOSE);
        assertEquals(6, large.settle().joules(), CLOSE);
        assertEquals(2 + 3, ledger.status().idleJoules(), CLOSE);
    }

    @Test
    void workThatIsReportedLateIsStillPaidFromTheTimeItWasDone() throws Exception {
        EnergyLedger ledger = ledger();
        EnergyAccount account = ledger.open("answer");
        machine.pass(SECOND, SECOND, 12);
        ledger.tick();
        machine.pass(SECOND, 0, 2);
        ledger.tick();
        account.work(SECOND);
        assertEquals(10, account.settle().joules(), CLOSE);
    }

    @Test
    void noMoreIsAttributedThanTheProcessComputed() throws Exception {
        EnergyLedger ledger = ledger();
        EnergyAccount account = ledger.open("answer");
        machine.pass(SECOND, SECOND / 2, 7);
        account.work(3 * SECOND);
        EnergyShare share = account.settle();
        assertEquals(5, share.joules(), CLOSE);
        assertEquals(0.5, share.cpuSeconds(), CLOSE);
    }

    @Test
    void anOperationIsNotChargedForWhatWasComputedBeforeItBegan() throws Exception {
        EnergyLedger ledger = ledger();
        EnergyAccount first = ledger.open("index");
        machine.pass(SECOND, SECOND, 102);
        EnergyAccount second = ledger.open("answer");
        machine.pass(SECOND, SECOND, 7);
        second.work(SECOND);
        assertEquals(5, second.settle().joules(), CLOSE);
        first.work(SECOND);
        assertEquals(100, first.settle().joules(), CLOSE);
    }

    @Test
    void aSettledShareStands() throws Exception {
        EnergyLedger ledger = ledger();
        EnergyAccount account = ledger.open("answer");
        machine.pass(SECOND, SECOND, 12);
        account.work(SECOND);
        account.settle();
        assertThrows(IllegalStateException.class, account::settle);
        assertThrows(IllegalStateException.class, () -> account.work(1));
        account.close();
        assertEquals(Map.of("answer", 10.0), ledger.status().joulesByOperation());
    }

    @Test
    void closingWithoutSettlingGivesTheShareToIdling() throws Exception {
        EnergyLedger ledger = ledger();
        EnergyAccount account = ledger.open("answer");
        machine.pass(SECOND, SECOND, 12);
        account.work(SECOND);
        account.close();
        account.close();
        assertEquals(12, ledger.status().idleJoules(), CLOSE);
        assertEquals(0, ledger.status().joulesByOperation().get("answer"), CLOSE);
    }

    @Test
    void aCounterThatDidNotMoveGivesAnEstimateAndNeverZero() throws Exception {
        EnergyLedger ledger = ledger();
        EnergyAccount account = ledger.open("search");
        machine.compute(me, 100_000);
        machine.pass(200_000, 100_000, 0);
        EnergyShare share = account.settle();
        assertEquals(100_000e-9 * 5, share.joules(), CLOSE);
        assertEquals("estimate", share.method());
        assertTrue(share.reason().contains("did not move"), share.reason());
        EnergyStatus status = ledger.status();
        assertEquals(
                status.totalJoules(),
                status.idleJoules() + status.joulesByOperation().get("search"),
                CLOSE);
    }

    @Test
    void anOperationWithoutProcessorTimeIsUnknownNotZero() throws Exception {
        EnergyLedger ledger = ledger();
        EnergyAccount account = ledger.open("search");
        machine.pass(SECOND, 0, 2);
        EnergyShare share = account.settle();
        assertNull(share.joules());
        assertTrue(share.reason().contains("no processor time"), share.reason());
    }

    @Test
    void aCounterThatCannotBeReadIsNullWithAReasonAndItsEnergyIsNotLost() throws Exception {
        EnergyLedger ledger = ledger();
        EnergyAccount account = ledger.open("answer");
        machine.compute(me, SECOND);
        machine.pass(SECOND, SECOND, 12);
        machine.failure = "energy_uj cannot be read";
        EnergyShare share = account.settle();
        assertNull(share.joules());
        assertEquals("energy_uj cannot be read", share.reason());
        machine.failure = "";
        EnergyStatus status = ledger.status();
        assertEquals(12, status.totalJoules(), CLOSE);
        assertEquals(12, status.idleJoules(), CLOSE);
    }

    @Test
    void aVirtualThreadIsWeighedByItsTimeAndNeverTakesMoreThanWasComputed() throws Exception {
        EnergyLedger ledger = ledger();
        EnergyShare[] share = new EnergyShare[1];
        Thread.ofVirtual()
                .start(() -> {
                    EnergyAccount account = ledger.open("answer");
                    machine.pass(SECOND, SECOND / 2, 7);
                    account.work(SECOND / 4);
                    share[0] = account.settle();
                })
                .join();
        assertEquals(5, share[0].joules(), CLOSE);
        assertEquals(0.5, share[0].cpuSeconds(), CLOSE);
    }
}
