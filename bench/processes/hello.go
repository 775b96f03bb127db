// hello.go: as little as a program in Go can do.
// SPDX-License-Identifier: MIT
package main

import "os"

func main() {
	os.Stdout.WriteString("hello\n")
}
