package org.candor.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.candor.itests.Server.Result;
import org.candor.itests.Server.Running;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several servers, several starts, and what is in their way. */
class InstancesIT {

    @TempDir
    Path folder;

    @Test
    void twoInstancesOfOneBuildRunSideBySideWithLogsOfTheirOwn() throws IOException, InterruptedException {
        try (Server first = new Server(folder.resolve("first"));
                Server second = new Server(folder.resolve("second"))) {
            Running both = second.begin("start");
            first.start();
            Result other = Server.finish(both);
            assertEquals(0, other.exitCode(), other.err());

            assertNotEquals(first.process().pid(), second.process().pid());
            assertNotEquals(key(first), key(second));
            first.stop();
            assertEquals(1, first.candor("status", "--json").exitCode());
            assertEquals(0, second.candor("status", "--json").exitCode());
        }
    }

    @Test
    void twoStartsAtOnceMakeOneServer() throws IOException, InterruptedException {
        try (Server server = new Server(folder.resolve("home"))) {
            Running one = server.begin("start");
            Running two = server.begin("start");
            Result first = Server.finish(one);
            Result second = Server.finish(two);
            assertEquals(0, first.exitCode(), first.err());
            assertEquals(0, second.exitCode(), second.err());
            assertTrue((first.err() + second.err()).contains("already running"), first.err() + second.err());
            assertFalse(Files.exists(server.home().resolve("start.lock")));
        }
    }

    @Test
    void aTakenPortIsSaidAtOnceAndNothingIsStarted() throws IOException, InterruptedException {
        Server server = new Server(folder.resolve("home"));
        try (ServerSocket taken = new ServerSocket(server.port(), 1, InetAddress.getLoopbackAddress())) {
            Result result = server.candor("start");
            assertEquals(1, result.exitCode(), result.err());
            assertTrue(result.err().contains("CANDOR_PORT"), result.err());
            assertTrue(result.err().contains(Integer.toString(taken.getLocalPort())), result.err());
        }
        assertFalse(Files.exists(server.home().resolve("candor.pid")));
    }

    @Test
    void commandsWithoutAServerSaySo() throws IOException, InterruptedException {
        Server server = new Server(folder.resolve("home"));
        Result status = server.candor("status", "--json");
        assertEquals(1, status.exitCode());
        assertEquals(false, status.json().get("ready"));
        assertTrue(status.json().containsKey("pid"));
        assertEquals(null, status.json().get("pid"));
        assertEquals(1, server.candor("passwd").exitCode());
        assertEquals(0, server.candor("stop").exitCode());
    }

    private static String key(Server server) throws IOException, InterruptedException {
        Map<?, ?> log = (Map<?, ?>) server.candor("status", "--json").json().get("log");
        return log.get("key").toString();
    }
}
