// throw.cc - exceptions from one library through another into the program: built
// with -DTHROWS, -DPASSES and as the program
//
// Usage: throw DIR
#include <cstdio>
#include <stdexcept>
#include <string>

struct failure : std::runtime_error {
	explicit failure(const std::string &text) : std::runtime_error(text)
	{
	}
	~failure() override;
};

struct base {
	virtual ~base();
	virtual const char *name() const = 0;
};

extern "C" {
using thrower = void (*)(int);
using passer = void (*)(thrower, int);
}

#if defined(THROWS)
failure::~failure() = default;
base::~base() = default;

namespace
{
struct derived : base {
	const char *name() const override
	{
		return "derived";
	}
};
struct announced {
	announced()
	{
		std::puts("  a static object begins");
	}
	~announced()
	{
		std::puts("  a static object ends");
	}
} object;
} // namespace

extern "C" void throws(int what)
{
	if (what == 0)
		throw failure("of a library's own type");
	if (what == 1)
		throw std::out_of_range("of the standard library");
	throw what;
}

extern "C" base *make()
{
	return new derived;
}
#elif defined(PASSES)
namespace
{
struct guard {
	~guard()
	{
		std::puts("  unwound");
	}
};
} // namespace

extern "C" void passes(thrower f, int what)
{
	guard here;
	f(what);
}
#else
#include <dlfcn.h>

extern "C" void throws(int what); // linked: the types have one home

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	const std::string path = std::string(argv[1]) + "/throw/libpasses.so";
	void *h = dlopen(path.c_str(), RTLD_NOW);
	if (!h) {
		std::puts(dlerror());
		return 1;
	}
	auto pass = reinterpret_cast<passer>(dlsym(h, "passes"));
	for (int what = 0; what < 3; what++) {
		try {
			pass(throws, what);
		} catch (const failure &e) {
			std::printf("failure: %s\n", e.what());
		} catch (const std::exception &e) {
			std::printf("exception: %s\n", e.what());
		} catch (int n) {
			std::printf("number: %d\n", n);
		}
	}
	// The same from a library that is not linked, closed and opened again.
	const std::string late = std::string(argv[1]) + "/throw/liblate.so";
	for (int i = 0; i < 2; i++) {
		void *l = dlopen(late.c_str(), RTLD_NOW);
		auto throw_late = l ? reinterpret_cast<thrower>(dlsym(l, "throws")) : nullptr;
		auto make = l ? reinterpret_cast<base *(*)()>(dlsym(l, "make")) : nullptr;
		if (!throw_late || !make)
			return 1;
		try {
			pass(throw_late, i);
		} catch (const std::exception &e) {
			std::printf("late: %s\n", e.what());
		}
		base *b = make();
		std::printf("%s, %s\n", b->name(), dynamic_cast<base *>(b) ? "a base" : "none");
		delete b;
		dlclose(l);
	}
	return 0;
}
#endif
