package org.candor.itests;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The TCP sockets that a process listens on, from /proc. */
final class Listening {

    private static final String LISTEN = "0A";
    private static final String MAPPED_IPV4 = "0000000000000000FFFF0000";

    private Listening() {}

    /** Addresses such as {@code 127.0.0.1:8181}; IPv6 ones as hexadecimal digits. */
    static Set<String> addresses(long pid) throws IOException {
        Set<String> sockets = sockets(pid);
        Set<String> addresses = new TreeSet<>();
        for (String table : List.of("tcp", "tcp6")) {
            List<String> lines = Files.readAllLines(Path.of("/proc/" + pid + "/net/" + table));
            for (String line : lines.subList(1, lines.size())) {
                String[] fields = line.strip().split("\\s+");
                if (fields[3].equals(LISTEN) && sockets.contains("socket:[" + fields[9] + "]")) {
                    addresses.add(address(fields[1]));
                }
            }
        }
        return addresses;
    }

    private static Set<String> sockets(long pid) throws IOException {
        Set<String> sockets = new HashSet<>();
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
            for (Path descriptor : descriptors) {
                try {
                    sockets.add(Files.readSymbolicLink(descriptor).toString());
                } catch (IOException e) {
                    // Closed between listing and reading.
                }
            }
        }
        return sockets;
    }

    /** The kernel writes each 32-bit word of an address in host order: little-endian here. */
    private static String address(String hexadecimal) {
        String[] parts = hexadecimal.split(":");
        String host = parts[0].startsWith(MAPPED_IPV4) ? parts[0].substring(MAPPED_IPV4.length()) : parts[0];
        int port = Integer.parseInt(parts[1], 16);
        if (host.length() != 8) {
            return host + ":" + port;
        }
        StringBuilder dotted = new StringBuilder();
        for (int i = 6; i >= 0; i -= 2) {
            dotted.append(Integer.parseInt(host.substring(i, i + 2), 16)).append(i == 0 ? "" : ".");
        }
        return dotted + ":" + port;
    }
}
