package org.candor.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;

/** Tells before a start what would otherwise show in a log only: somebody else has the port. */
final class Ports {

    private Ports() {}

    /** @param arguments port and the name of its setting, repeated */
    static int requireFree(List<String> arguments) {
        for (int i = 0; i + 1 < arguments.size(); i += 2) {
            int port = Integer.parseInt(arguments.get(i));
            try (ServerSocket socket = new ServerSocket()) {
                socket.setReuseAddress(true);
                socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            } catch (IOException e) {
                throw Failure.failed("port " + port + " is not free (" + e.getMessage() + "): set "
                        + arguments.get(i + 1) + " to another one");
            }
        }
        return 0;
    }
}
