"""llama.cpp through llama-cpp-python: loads a model, then answers lines `prefill N` and `decode CONTEXT N` with seconds."""
import sys
import time

import llama_cpp

path, threads, positions = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
llama_cpp.llama_backend_init()
model = llama_cpp.llama_model_load_from_file(path.encode(), llama_cpp.llama_model_default_params())
settings = llama_cpp.llama_context_default_params()
settings.n_ctx = positions
settings.n_batch = 512
settings.n_ubatch = 512
settings.n_threads = threads
settings.n_threads_batch = threads
context = llama_cpp.llama_init_from_model(model, settings)
vocabulary = llama_cpp.llama_vocab_n_tokens(llama_cpp.llama_model_get_vocab(model))


def read(ids):
    tokens = (llama_cpp.llama_token * len(ids))(*ids)
    if llama_cpp.llama_decode(context, llama_cpp.llama_batch_get_one(tokens, len(ids))) != 0:
        raise RuntimeError("llama_decode failed")
    llama_cpp.llama_get_logits_ith(context, -1)


def ids(count, first):
    return [(first + 7919 * i) % vocabulary for i in range(count)]


print("ready", llama_cpp.llama_print_system_info().decode().strip(), flush=True)
for line in sys.stdin:
    kind, *numbers = line.split()
    llama_cpp.llama_memory_clear(llama_cpp.llama_get_memory(context), True)
    if kind == "decode":
        read(ids(int(numbers[0]), 1))
    begin = time.perf_counter()
    if kind == "decode":
        for token in ids(int(numbers[1]), 5):
            read([token])
    else:
        read(ids(int(numbers[0]), 1))
    print(time.perf_counter() - begin, flush=True)
