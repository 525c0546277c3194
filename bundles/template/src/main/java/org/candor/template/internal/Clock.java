package org.candor.template.internal;

import java.time.DayOfWeek;
import java.time.LocalDateTime;
import java.time.format.TextStyle;
import java.time.temporal.IsoFields;
import java.util.Locale;

/** Time as C's {@code strftime} writes it in the C locale (ISO C 7.29.3.5, and glibc's flags {@code - _ 0 ^ #}). */
final class Clock {
    private Clock() {}

    static String format(String format, LocalDateTime time, Budget budget) {
        StringBuilder out = new StringBuilder();
        int i = 0;
        while (i < format.length()) {
            char c = format.charAt(i++);
            if (c != '%' || i == format.length()) {
                out.append(c);
                continue;
            }
            int from = i - 1;
            char flag = 0;
            while (i < format.length() - 1 && "-_0^#".indexOf(format.charAt(i)) >= 0) {
                flag = format.charAt(i++);
            }
            String field = field(format.charAt(i++), flag, time);
            out.append(
                    field == null ? format.substring(from, i) : flag == '^' ? field.toUpperCase(Locale.ROOT) : field);
            budget.characters(out.length());
        }
        return out.toString();
    }

    /** Null for what strftime does not know, which stays as it is. */
    private static String field(char kind, char flag, LocalDateTime time) {
        int weekday = time.getDayOfWeek().getValue() % 7;
        return switch (kind) {
            case 'Y' -> Integer.toString(time.getYear());
            case 'C' -> number(time.getYear() / 100, 2, '0', flag);
            case 'y' -> number(time.getYear() % 100, 2, '0', flag);
            case 'm' -> number(time.getMonthValue(), 2, '0', flag);
            case 'd' -> number(time.getDayOfMonth(), 2, '0', flag);
            case 'e' -> number(time.getDayOfMonth(), 2, ' ', flag);
            case 'H' -> number(time.getHour(), 2, '0', flag);
            case 'k' -> number(time.getHour(), 2, ' ', flag);
            case 'I' -> number(twelve(time), 2, '0', flag);
            case 'l' -> number(twelve(time), 2, ' ', flag);
            case 'M' -> number(time.getMinute(), 2, '0', flag);
            case 'S' -> number(time.getSecond(), 2, '0', flag);
            case 'f' -> number(time.getNano() / 1000, 6, '0', (char) 0);
            case 'j' -> number(time.getDayOfYear(), 3, '0', flag);
            case 'b', 'h' ->
                time.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH).substring(0, 3);
            case 'B' -> time.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
            case 'a' -> day(time.getDayOfWeek()).substring(0, 3);
            case 'A' -> day(time.getDayOfWeek());
            case 'p' -> time.getHour() < 12 ? "AM" : "PM";
            case 'P' -> time.getHour() < 12 ? "am" : "pm";
            case 'u' -> Integer.toString(time.getDayOfWeek().getValue());
            case 'w' -> Integer.toString(weekday);
            case 'U' -> number((time.getDayOfYear() + 6 - weekday) / 7, 2, '0', flag);
            case 'W' -> number((time.getDayOfYear() + 6 - (weekday + 6) % 7) / 7, 2, '0', flag);
            case 'V' -> number(time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR), 2, '0', flag);
            case 'G' -> Integer.toString(time.get(IsoFields.WEEK_BASED_YEAR));
            case 'g' -> number(time.get(IsoFields.WEEK_BASED_YEAR) % 100, 2, '0', flag);
            case 'F' -> several("Y-m-d", time);
            case 'D', 'x' -> several("m/d/y", time);
            case 'T', 'X' -> several("H:M:S", time);
            case 'R' -> several("H:M", time);
            case 'r' -> several("I:M:S p", time);
            case 'c' -> several("a b e H:M:S Y", time);
            case 'n' -> "\n";
            case 't' -> "\t";
            case '%' -> "%";
            // A time without a zone, as the transformers library takes it.
            case 'z', 'Z' -> "";
            default -> null;
        };
    }

    private static int twelve(LocalDateTime time) {
        int hour = time.getHour() % 12;
        return hour == 0 ? 12 : hour;
    }

    private static String day(DayOfWeek day) {
        return day.getDisplayName(TextStyle.FULL, Locale.ENGLISH);
    }

    private static String several(String kinds, LocalDateTime time) {
        StringBuilder out = new StringBuilder();
        for (char kind : kinds.toCharArray()) {
            out.append(Character.isLetter(kind) ? field(kind, (char) 0, time) : kind);
        }
        return out.toString();
    }

    private static String number(int value, int width, char fill, char flag) {
        String digits = Integer.toString(value);
        char with = flag == '_' ? ' ' : flag == '0' ? '0' : fill;
        return flag == '-' ? digits : String.valueOf(with).repeat(Math.max(0, width - digits.length())) + digits;
    }
}
