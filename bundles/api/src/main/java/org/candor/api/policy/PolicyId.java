package org.candor.api.policy;

/**
 * The policy that decided.
 *
 * @param name for example {@code built-in}
 * @param version as it says
 * @param digest {@code sha256:} and 64 hexadecimal digits
 */
public record PolicyId(String name, String version, String digest) {}
