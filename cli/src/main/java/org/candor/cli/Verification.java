package org.candor.cli;

record Verification(java.nio.file.Path key) {
    String verify(String answer) {
        throw Failure.failed("cannot verify yet");
    }
}
