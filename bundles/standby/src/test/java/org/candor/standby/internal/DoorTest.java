package org.candor.standby.internal;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.Test;

class DoorTest {

    @Test
    void nobodyComesThroughAClosedDoorAndTheServerStillStops() throws Exception {
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        server.start();
        int port = connector.getLocalPort();
        knock(port);
        Door.shut(connector);
        assertThrows(IOException.class, () -> knock(port));
        server.stop();
        assertTrue(server.isStopped());
    }

    private static void knock(int port) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            assertTrue(socket.isConnected());
        }
    }
}
