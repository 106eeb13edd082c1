// Walks the directory it is given by <filesystem>, reads by <fstream>, throws and catches.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <regex>
#include <string>
#include <vector>

namespace fs = std::filesystem;

int main(int argc, char **argv)
{
	std::vector<std::string> lines;
	const fs::path top = argc > 1 ? argv[1] : ".";
	for (const auto &entry : fs::recursive_directory_iterator(top)) {
		std::string line = fs::relative(entry.path(), top).string();
		if (entry.is_regular_file()) {
			std::ifstream file(entry.path());
			std::string word;
			size_t words = 0;
			while (file >> word)
				words += std::regex_search(word, std::regex("[a-z]"));
			line += " " + std::to_string(fs::file_size(entry)) + " " + std::to_string(words);
		}
		lines.push_back(line);
	}
	std::sort(lines.begin(), lines.end());
	for (const auto &line : lines)
		std::cout << line << "\n";
	try {
		fs::copy_file(top / "nothing", top / "something");
	} catch (const fs::filesystem_error &error) {
		std::cout << error.code() << "\n";
	}
	std::cout << fs::exists(top / "part.c") << fs::is_directory(top / "part.c")
		  << fs::exists(top / "nothing") << " " << fs::weakly_canonical(top / "x/../part.h").filename()
		  << "\n";
}
