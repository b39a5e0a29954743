package io.rookery.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.apache.commons.codec.digest.MurmurHash3;
import org.junit.jupiter.api.Test;

class MurmurTest {
    @Test
    void shouldHashAsTheOtherImplementationDoes() {
        byte[] bytes = new byte[2_000];
        new Random(7).nextBytes(bytes);

        for (int length = 0; length <= bytes.length; length += length < 70 ? 1 : 61) {
            assertThat(Murmur.hash(bytes, length))
                    .as("%d bytes", length)
                    .containsExactly(MurmurHash3.hash128x64(bytes, 0, length, 0));
        }
    }
}
