"""llama.cpp through llama-cpp-python: loads a model, then answers lines `prefill N` and `decode CONTEXT N STREAMS` with seconds."""
import sys
import time

import llama_cpp

path, threads, positions, streams = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
llama_cpp.llama_backend_init()
model = llama_cpp.llama_model_load_from_file(path.encode(), llama_cpp.llama_model_default_params())
settings = llama_cpp.llama_context_default_params()
settings.n_ctx = positions * streams
settings.n_seq_max = streams
settings.n_batch = 512
settings.n_ubatch = 512
settings.n_threads = threads
settings.n_threads_batch = threads
context = llama_cpp.llama_init_from_model(model, settings)
batch = llama_cpp.llama_batch_init(512, 0, 1)
vocabulary = llama_cpp.llama_vocab_n_tokens(llama_cpp.llama_model_get_vocab(model))


def read(ids, sequence=0, position=0):
    step([(token, sequence, position + i) for i, token in enumerate(ids)], [len(ids) - 1])


def step(tokens, scored):
    """Reads tokens of any sequences in one go; those at the indexes `scored` get scores."""
    batch.n_tokens = len(tokens)
    for i, (token, sequence, position) in enumerate(tokens):
        batch.token[i] = token
        batch.pos[i] = position
        batch.n_seq_id[i] = 1
        batch.seq_id[i][0] = sequence
        batch.logits[i] = i in scored
    if llama_cpp.llama_decode(context, batch) != 0:
        raise RuntimeError("llama_decode failed")
    llama_cpp.llama_get_logits_ith(context, scored[-1])


def ids(count, first):
    return [(first + 7919 * i) % vocabulary for i in range(count)]


print("ready", llama_cpp.llama_print_system_info().decode().strip(), flush=True)
for line in sys.stdin:
    kind, *numbers = line.split()
    llama_cpp.llama_memory_clear(llama_cpp.llama_get_memory(context), True)
    if kind == "decode":
        length, written, many = map(int, numbers)
        for sequence in range(many):
            read(ids(length, sequence + 1), sequence)
        begin = time.perf_counter()
        for n, token in enumerate(ids(written, 5)):
            step([(token, sequence, length + n) for sequence in range(many)], list(range(many)))
    else:
        begin = time.perf_counter()
        read(ids(int(numbers[0]), 1))
    print(time.perf_counter() - begin, flush=True)
