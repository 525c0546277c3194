package org.candor.template.internal;

import java.math.BigDecimal;
import java.math.BigInteger;

/** Python's int, float and bool as {@code Long} or {@code BigInteger}, {@code Double} and {@code Boolean}. */
final class Numbers {
    /** Most decimal digits of an int in text form, as in CPython; what is larger cannot be printed there either. */
    static final int MOST_DIGITS = 4300;

    static final int MOST_BITS = 14_285;
    private static final BigInteger LEAST_LONG = BigInteger.valueOf(Long.MIN_VALUE);
    private static final BigInteger MOST_LONG = BigInteger.valueOf(Long.MAX_VALUE);

    private Numbers() {}

    /** A {@code Long} where it fits. */
    static Object narrow(BigInteger value) {
        if (value.compareTo(LEAST_LONG) >= 0 && value.compareTo(MOST_LONG) <= 0) {
            return value.longValue();
        }
        if (value.bitLength() > MOST_BITS) {
            throw Fault.limit("a number of " + value.bitLength() + " bits, allowed are " + MOST_BITS);
        }
        return value;
    }

    static boolean isNumber(Object value) {
        return isInteger(value) || value instanceof Double;
    }

    /** Whether it is an int or a bool, which is one in Python. */
    static boolean isInteger(Object value) {
        return value instanceof Long || value instanceof BigInteger || value instanceof Boolean;
    }

    static BigInteger big(Object value) {
        return switch (value) {
            case Long l -> BigInteger.valueOf(l);
            case Boolean b -> b ? BigInteger.ONE : BigInteger.ZERO;
            case BigInteger b -> b;
            default -> throw new IllegalArgumentException("no integer: " + value);
        };
    }

    static double real(Object value) {
        return switch (value) {
            case Double d -> d;
            case Long l -> l;
            case Boolean b -> b ? 1 : 0;
            case BigInteger b -> {
                double d = b.doubleValue();
                if (Double.isInfinite(d)) {
                    throw Fault.evaluation("int too large to convert to float");
                }
                yield d;
            }
            default -> throw new IllegalArgumentException("no number: " + value);
        };
    }

    /** An index or count: what does not fit an int is cut to its range, which is beyond any text or list. */
    static int clamped(Object integer) {
        BigInteger value = big(integer);
        if (value.bitLength() > 31) {
            return value.signum() < 0 ? Integer.MIN_VALUE : Integer.MAX_VALUE;
        }
        return value.intValue();
    }

    /** Exact comparison of any two numbers; null when one is not a number (NaN). */
    static Integer compare(Object a, Object b) {
        if (a instanceof Double || b instanceof Double) {
            double x = a instanceof Double d ? d : approximate(a);
            double y = b instanceof Double d ? d : approximate(b);
            if (Double.isNaN(x) || Double.isNaN(y)) {
                return null;
            }
            if (a instanceof Double && b instanceof Double || Double.isInfinite(x) || Double.isInfinite(y)) {
                return x < y ? -1 : x == y ? 0 : 1;
            }
            return exact(a).compareTo(exact(b));
        }
        return a instanceof Long x && b instanceof Long y ? Long.compare(x, y) : big(a).compareTo(big(b));
    }

    private static double approximate(Object integer) {
        // Only asked whether it is infinite, which no integer is.
        return Math.max(
                -Double.MAX_VALUE, Math.min(Double.MAX_VALUE, big(integer).doubleValue()));
    }

    private static BigDecimal exact(Object number) {
        return number instanceof Double d ? new BigDecimal(d) : new BigDecimal(big(number));
    }

    static Object add(Object a, Object b) {
        if (a instanceof Long x && b instanceof Long y) {
            long sum = x + y;
            return ((x ^ sum) & (y ^ sum)) < 0 ? big(a).add(big(b)) : (Object) sum;
        }
        return floating(a, b) ? (Object) (real(a) + real(b)) : narrow(big(a).add(big(b)));
    }

    static Object subtract(Object a, Object b) {
        return floating(a, b) ? (Object) (real(a) - real(b)) : narrow(big(a).subtract(big(b)));
    }

    static Object multiply(Object a, Object b) {
        return floating(a, b) ? (Object) (real(a) * real(b)) : narrow(big(a).multiply(big(b)));
    }

    static Object divide(Object a, Object b) {
        if (real(b) == 0) {
            throw Fault.evaluation(floating(a, b) ? "float division by zero" : "division by zero");
        }
        if (floating(a, b) || (small(a) && small(b))) {
            return real(a) / real(b);
        }
        // Correctly rounded, as Python divides ints: 40 digits are far beyond a double's 17.
        return new BigDecimal(big(a))
                .divide(new BigDecimal(big(b)), new java.math.MathContext(40))
                .doubleValue();
    }

    static Object floorDivide(Object a, Object b) {
        if (!floating(a, b)) {
            return narrow(floorQuotient(a, b));
        }
        double x = real(a);
        double y = real(b);
        if (y == 0) {
            throw Fault.evaluation("float floor division by zero");
        }
        double remainder = (double) remainder(x, y);
        double quotient = (x - remainder) / y;
        if (quotient == 0) {
            return Math.copySign(0.0, x / y);
        }
        double floor = Math.floor(quotient);
        return quotient - floor > 0.5 ? floor + 1 : floor;
    }

    static Object modulo(Object a, Object b) {
        if (!floating(a, b)) {
            return narrow(big(a).subtract(floorQuotient(a, b).multiply(big(b))));
        }
        if (real(b) == 0) {
            throw Fault.evaluation("float modulo");
        }
        return remainder(real(a), real(b));
    }

    private static BigInteger floorQuotient(Object a, Object b) {
        BigInteger divisor = big(b);
        if (divisor.signum() == 0) {
            throw Fault.evaluation("integer division or modulo by zero");
        }
        BigInteger[] parts = big(a).divideAndRemainder(divisor);
        boolean down = parts[1].signum() != 0 && parts[1].signum() != divisor.signum();
        return down ? parts[0].subtract(BigInteger.ONE) : parts[0];
    }

    /** With the sign of the divisor. */
    private static Double remainder(double x, double y) {
        double remainder = x % y;
        if (remainder == 0) {
            return Math.copySign(0.0, y);
        }
        return remainder < 0 == y < 0 ? remainder : remainder + y;
    }

    static Object power(Object a, Object b) {
        if (!floating(a, b) && big(b).signum() >= 0) {
            BigInteger base = big(a);
            // With a base of at most one bit the result does not grow.
            long bits = base.bitLength() <= 1 && base.signum() >= 0
                    ? 1
                    : (long) base.bitLength() * Math.min(clamped(b), Integer.MAX_VALUE);
            if (bits > 2L * MOST_BITS) {
                throw Fault.limit("a power of " + bits + " bits, allowed are " + MOST_BITS);
            }
            return narrow(bits == 1 ? (big(b).signum() == 0 ? BigInteger.ONE : base) : base.pow(clamped(b)));
        }
        double x = real(a);
        double y = real(b);
        if (x == 0 && y < 0) {
            throw Fault.evaluation("0.0 cannot be raised to a negative power");
        }
        if (x < 0 && y != Math.rint(y)) {
            throw Fault.evaluation("complex numbers are not supported: a negative number to a power with a fraction");
        }
        double power = x == 1 || y == 0 ? 1 : Math.pow(x, y);
        if (Double.isInfinite(power) && !Double.isInfinite(x) && !Double.isInfinite(y)) {
            throw Fault.evaluation("numerical result out of range");
        }
        return power;
    }

    static Object negate(Object a) {
        return a instanceof Double d ? (Object) (-d) : narrow(big(a).negate());
    }

    /** The int that a float is cut to. */
    static Object truncate(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            throw Fault.evaluation("cannot convert float " + Printer.real(value) + " to integer");
        }
        return Math.abs(value) < 1e18 ? (Object) (long) value : narrow(new BigDecimal(value).toBigInteger());
    }

    private static boolean floating(Object a, Object b) {
        return a instanceof Double || b instanceof Double;
    }

    private static boolean small(Object integer) {
        return big(integer).bitLength() <= 53;
    }
}
