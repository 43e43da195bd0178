/* Queues between threads: in order, bounded, and, for what is live, current. */
#include "support.h"

#include "base/queue.h"
#include "base/thread.h"

static int items[8];

static void *nth(tread_queue *q)
{
    void *item = NULL;
    assert_int_equal(tread_queue__receive(q, &item), TREAD_OK);
    return item;
}

static void gives_the_oldest_back(void **state)
{
    (void)state;
    tread_queue *q;
    void *dropped;
    assert_int_equal(tread_queue__create(&q, 2), TREAD_OK);
    assert_int_equal(tread_queue__send_now(q, &items[0], 2, &dropped), TREAD_OK);
    assert_null(dropped);
    assert_int_equal(tread_queue__send_now(q, &items[1], 2, &dropped), TREAD_OK);
    assert_null(dropped);
    assert_int_equal(tread_queue__send_now(q, &items[2], 2, &dropped), TREAD_OK);
    assert_ptr_equal(dropped, &items[0]);
    assert_ptr_equal(nth(q), &items[1]);
    assert_ptr_equal(nth(q), &items[2]);
    tread_queue__destroy(&q);
}

/* A lower limit is come down to as items are taken, one lost with each that comes. */
static void keeps_to_a_limit(void **state)
{
    (void)state;
    tread_queue *q;
    void *dropped;
    assert_int_equal(tread_queue__create(&q, 4), TREAD_OK);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(tread_queue__send_now(q, &items[i], 9, &dropped), TREAD_OK);
        assert_null(dropped);
    }
    assert_int_equal(tread_queue__send_now(q, &items[4], 9, &dropped), TREAD_OK);
    assert_ptr_equal(dropped, &items[0]);
    assert_int_equal(tread_queue__send_now(q, &items[5], 2, &dropped), TREAD_OK);
    assert_ptr_equal(dropped, &items[1]);
    assert_ptr_equal(nth(q), &items[2]);
    assert_ptr_equal(nth(q), &items[3]);
    assert_int_equal(tread_queue__send_now(q, &items[6], 2, &dropped), TREAD_OK);
    assert_ptr_equal(dropped, &items[4]);
    assert_ptr_equal(nth(q), &items[5]);
    assert_int_equal(tread_queue__send_now(q, &items[7], 2, &dropped), TREAD_OK);
    assert_null(dropped);
    assert_ptr_equal(nth(q), &items[6]);
    assert_ptr_equal(nth(q), &items[7]);
    tread_queue__destroy(&q);
}

static void does_not_wait_when_asked_not_to(void **state)
{
    (void)state;
    tread_queue *q;
    void *item = NULL;
    assert_int_equal(tread_queue__create(&q, 2), TREAD_OK);
    assert_int_equal(tread_queue__receive_now(q, &item), TREAD_AGAIN);
    assert_int_equal(tread_queue__send(q, &items[3]), TREAD_OK);
    tread_queue__finish_sending(q);
    assert_int_equal(tread_queue__receive_now(q, &item), TREAD_OK);
    assert_ptr_equal(item, &items[3]);
    assert_int_equal(tread_queue__receive_now(q, &item), TREAD_EOF);
    tread_queue__destroy(&q);
}

static void keeps_the_item_of_a_sender_nobody_listens_to(void **state)
{
    (void)state;
    tread_queue *q;
    void *dropped = &items[7];
    assert_int_equal(tread_queue__create(&q, 1), TREAD_OK);
    tread_queue__finish_receiving(q);
    assert_int_equal(tread_queue__send_now(q, &items[0], 2, &dropped), TREAD_EOF);
    assert_null(dropped);
    assert_int_equal(tread_queue__send(q, &items[0]), TREAD_EOF);
    tread_queue__destroy(&q);
}

static void *send_many(void *data)
{
    tread_queue *q = data;
    for (int i = 0; i < 1000; i++)
        assert_int_equal(tread_queue__send(q, &items[i % 8]), TREAD_OK);
    tread_queue__finish_sending(q);
    return NULL;
}

static void loses_nothing_between_threads(void **state)
{
    (void)state;
    tread_queue *q;
    pthread_t thread;
    void *item;
    int n = 0;
    assert_int_equal(tread_queue__create(&q, 3), TREAD_OK);
    assert_int_equal(tread_thread__start(&thread, "sender", send_many, q), TREAD_OK);
    for (; tread_queue__receive(q, &item) == TREAD_OK; n++)
        assert_ptr_equal(item, &items[n % 8]);
    assert_int_equal(n, 1000);
    pthread_join(thread, NULL);
    tread_queue__destroy(&q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_the_oldest_back),
        cmocka_unit_test(keeps_to_a_limit),
        cmocka_unit_test(does_not_wait_when_asked_not_to),
        cmocka_unit_test(keeps_the_item_of_a_sender_nobody_listens_to),
        cmocka_unit_test(loses_nothing_between_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
