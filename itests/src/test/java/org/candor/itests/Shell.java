package org.candor.itests;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.regex.Pattern;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.channel.ChannelShell;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.keyverifier.AcceptAllServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshException;

/** The server's shell over SSH. */
final class Shell {

    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final Pattern CONTROL = Pattern.compile("\u001b\\[[?0-9;]*[A-Za-z]|\u001b[=>]");

    private Shell() {}

    /** What a command printed, and how it ended. */
    record Output(String text, int exit) {}

    /** Runs one command and returns everything it printed. */
    static String run(Server server, String user, String password, String command) throws IOException {
        return execute(server, user, password, command).text();
    }

    static Output execute(Server server, String user, String password, String command) throws IOException {
        try (SshClient client = client();
                ClientSession session = logIn(client, server, user, password)) {
            return execute(session, command);
        }
    }

    private static Output execute(ClientSession session, String command) throws IOException {
        try (ChannelExec channel = session.createExecChannel(command)) {
            ByteArrayOutputStream output = new ByteArrayOutputStream();
            channel.setOut(output);
            channel.setErr(output);
            channel.open().verify(PATIENCE);
            if (channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), PATIENCE).contains(ClientChannelEvent.TIMEOUT)) {
                throw new AssertionError("\"" + command + "\" did not end: " + output.toString(StandardCharsets.UTF_8));
            }
            Integer exit = channel.getExitStatus();
            return new Output(output.toString(StandardCharsets.UTF_8), exit == null ? -1 : exit);
        }
    }

    /**
     * Types at the prompt, sends nothing, and returns what the terminal showed until a text was there or the time was over.
     */
    static String type(Server server, String user, String password, String keys, String until, Duration most)
            throws IOException, InterruptedException {
        try (SshClient client = client();
                ClientSession session = logIn(client, server, user, password);
                ChannelShell channel = session.createShellChannel()) {
            ByteArrayOutputStream output = new ByteArrayOutputStream();
            channel.setOut(output);
            channel.setErr(output);
            channel.open().verify(PATIENCE);
            awaitText(output, "> ", PATIENCE);
            channel.getInvertedIn().write(keys.getBytes(StandardCharsets.UTF_8));
            channel.getInvertedIn().flush();
            return awaitText(output, until, most);
        }
    }

    private static String awaitText(ByteArrayOutputStream output, String until, Duration most)
            throws InterruptedException {
        long end = System.nanoTime() + most.toNanos();
        while (true) {
            String text =
                    CONTROL.matcher(output.toString(StandardCharsets.UTF_8)).replaceAll("");
            if (text.contains(until) || System.nanoTime() > end) {
                return text;
            }
            Thread.sleep(50);
        }
    }

    /** Somebody who is logged in, for one command. */
    static final class LoggedIn implements AutoCloseable {
        private final SshClient client = client();
        private final ClientSession session;

        LoggedIn(Server server, String user, String password) throws IOException {
            session = logIn(client, server, user, password);
        }

        Output execute(String command) throws IOException {
            return Shell.execute(session, command);
        }

        @Override
        public void close() throws IOException {
            session.close();
            client.close();
        }
    }

    static boolean canLogIn(Server server, String user, String password) throws IOException {
        try (SshClient client = client();
                ClientSession session = logIn(client, server, user, password)) {
            return session.isAuthenticated();
        } catch (SshException e) {
            if (e.getMessage().contains("No more authentication methods")) {
                return false;
            }
            throw e;
        }
    }

    private static SshClient client() {
        SshClient client = SshClient.setUpDefaultClient();
        client.setServerKeyVerifier(AcceptAllServerKeyVerifier.INSTANCE);
        client.start();
        return client;
    }

    private static ClientSession logIn(SshClient client, Server server, String user, String password)
            throws IOException {
        ClientSession session = client.connect(user, "127.0.0.1", server.sshPort())
                .verify(PATIENCE)
                .getSession();
        session.addPasswordIdentity(password);
        session.auth().verify(PATIENCE);
        return session;
    }
}
