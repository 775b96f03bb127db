CASE(boot_empty, "ONE 1/5 { }", "count root; snap", "+root1 | =0,0,0,0 | [root1:]")
CASE(one, "ONE 3/60 { a b }", "exit root/a crash; snap; stop", "")
