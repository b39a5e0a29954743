package io.rookery.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads one JSON value from its bytes, to Java values or only to check it; see {@link Json} for both. One use each. */
final class JsonReader {
    /** No member is named so: nothing is kept as bytes. */
    static final String NOTHING = null;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(Limits.JSON_DEPTH)
                    .maxStringLength(Limits.STRING_LENGTH)
                    .maxNumberLength(Limits.NUMBER_LENGTH)
                    .build())
            .build();

    private final byte[] bytes;
    private final JsonParser parser;
    private final String kept;

    private JsonReader(byte[] bytes, JsonParser parser, String kept) {
        this.bytes = bytes;
        this.parser = parser;
        this.kept = kept;
    }

    /** What is done with the one value. */
    private interface Use {
        Object of(JsonReader reader) throws IOException;
    }

    /** @param kept objects that are the value of such a member stay {@link Json}; {@link #NOTHING} for none */
    static Object read(byte[] bytes, String kept) {
        return use(bytes, kept, JsonReader::value);
    }

    static void check(byte[] bytes) {
        use(bytes, NOTHING, reader -> {
            reader.pass();
            return null;
        });
    }

    private static Object use(byte[] bytes, String kept, Use use) {
        requireReadable(bytes);
        try (JsonParser parser = FACTORY.createParser(bytes)) {
            JsonReader reader = new JsonReader(bytes, parser, kept);
            if (parser.nextToken() == null) {
                throw new RookeryException(ErrorCode.BAD_JSON, "Expected JSON but found nothing");
            }
            Object result = use.of(reader);
            if (parser.nextToken() != null) {
                throw new RookeryException(
                        ErrorCode.BAD_JSON, "Expected the end of the JSON but found more" + reader.place());
            }
            return result;
        } catch (StreamConstraintsException e) {
            throw new RookeryException(ErrorCode.TOO_LARGE, e.getOriginalMessage(), e);
        } catch (JsonProcessingException e) {
            throw new RookeryException(ErrorCode.BAD_JSON, e.getOriginalMessage() + place(e), e);
        } catch (IOException e) {
            throw new RookeryException(ErrorCode.BAD_JSON, e.getMessage(), e);
        }
    }

    private static void requireReadable(byte[] bytes) {
        if (bytes.length > Limits.DOCUMENT_BYTES) {
            throw new RookeryException(
                    ErrorCode.TOO_LARGE,
                    "Expected JSON of at most " + Limits.DOCUMENT_BYTES + " bytes but found " + bytes.length);
        }
        // the parser would take these, but they are stored as they are and handed out as UTF-8
        boolean mark = bytes.length > 0 && (bytes[0] & 0xff) >= 0xef;
        if (mark || (bytes.length > 1 && (bytes[0] == 0 || bytes[1] == 0))) {
            throw new RookeryException(
                    ErrorCode.BAD_JSON,
                    "Expected JSON in UTF-8 without a byte order mark but found UTF-16, UTF-32 or a mark");
        }
    }

    private static String place(JsonProcessingException e) {
        return e.getLocation() == null
                ? ""
                : " at line " + e.getLocation().getLineNr() + ", column "
                        + e.getLocation().getColumnNr();
    }

    private String place() {
        return " at line " + parser.currentLocation().getLineNr() + ", column "
                + parser.currentLocation().getColumnNr();
    }

    private Object value() throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> object();
            case START_ARRAY -> array();
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT ->
                parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                        ? parser.getBigIntegerValue()
                        : (Object) parser.getLongValue();
            case VALUE_NUMBER_FLOAT -> decimal();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> null;
        };
    }

    /** A few bytes must not stand for a number that takes gigabytes to write out or to compute with. */
    private BigDecimal decimal() throws IOException {
        BigDecimal number;
        try {
            number = parser.getDecimalValue();
        } catch (NumberFormatException | ArithmeticException e) {
            throw new RookeryException(ErrorCode.TOO_LARGE, "Expected a number that can be computed with" + place(), e);
        }
        long exponent = (long) number.precision() - number.scale();
        if (Math.abs(exponent) > Limits.NUMBER_EXPONENT || Math.abs(number.scale()) > Limits.NUMBER_EXPONENT) {
            throw new RookeryException(
                    ErrorCode.TOO_LARGE,
                    "Expected an exponent of at most " + Limits.NUMBER_EXPONENT + " but found a larger one" + place());
        }
        return number;
    }

    private Map<String, Object> object() throws IOException {
        Map<String, Object> map = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            boolean keep = parser.nextToken() == JsonToken.START_OBJECT && name.equals(kept);
            map.put(name, keep ? bytesOfObject() : value());
        }
        return Collections.unmodifiableMap(map);
    }

    private List<Object> array() throws IOException {
        List<Object> list = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            list.add(value());
        }
        return Collections.unmodifiableList(list);
    }

    private Json bytesOfObject() throws IOException {
        int from = (int) parser.currentTokenLocation().getByteOffset();
        pass();
        int to = (int) parser.currentLocation().getByteOffset();
        return Json.trusted(Arrays.copyOfRange(bytes, from, to));
    }

    /** To the end of the value that begins here. Text is decoded only where it could be over its limit. */
    private void pass() throws IOException {
        int depth = 0;
        while (true) {
            JsonToken token = parser.currentToken();
            if (token.isStructStart()) {
                depth++;
            } else if (token.isStructEnd()) {
                depth--;
            } else if (token.isNumeric() || (token == JsonToken.VALUE_STRING && bytes.length > Limits.STRING_LENGTH)) {
                value();
            }
            if (depth == 0) {
                return;
            }
            parser.nextToken();
        }
    }
}
