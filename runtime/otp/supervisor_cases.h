/* supervisor_cases.h: the table of supervisor_test.c: name, tree, actions, story. The stories
 * agree with traces recorded from OTP 25, reports left out, parallel stops in any order, and lists
 * written as tuples; all_first_member_is_temporary and all_everybody_else_is_temporary were never
 * recorded: they follow from S17.
 * SPDX-License-Identifier: MIT
 */

/* Starting (S6, S7) */

CASE(boot_empty,
     "ONE 3/60 { }",
     "count root; stop; snap",
     "+root1 | =0,0,0,0 | -root1:shutdown |")
CASE(boot_fail_nested_shape,
     "ONE 3/60 { a s ALL 3/60 { x:traps y:fail_first=1 } b }",
     "snap",
     "+a1 +s/x1 !s/y:init_failed ~s/x1:shutdown -s/x1:shutdown "
     "!s:{shutdown,{failed_to_start_child,y,init_failed}} -a1:shutdown "
     "!root:{shutdown,{failed_to_start_child,s,{shutdown,{failed_to_start_child,y,init_failed}}}} "
     "={error,{shutdown,{failed_to_start_child,s,"
     "{shutdown,{failed_to_start_child,y,init_failed}}}}}"
     " |")
CASE(boot_fail_reverse_stop,
     "ONE 3/60 { a:traps b c:fail_first=1 d }",
     "exit root/a crash; snap",
     "+a1 +b1 !c:init_failed -b1:shutdown ~a1:shutdown -a1:shutdown "
     "!root:{shutdown,{failed_to_start_child,c,init_failed}} "
     "={error,{shutdown,{failed_to_start_child,c,init_failed}}} | ={error,noproc} |")
CASE(boot_ignore_kept_unless_temporary,
     "ONE 3/60 { p:ignores t:temporary:ignores tr:transient:ignores z }",
     "count root; restart root p; delete root p; restart root t; count root; snap",
     "0p 0t 0tr +z1 +root1 | =3,1,0,3 | 0p ={ok,undefined} | | ={error,not_found} | =2,1,0,2 "
     "| [root1: tr_ z1]")
CASE(boot_order_nested,
     "ONE 3/60 { a s ONE 3/60 { x y } b }",
     "stop; snap",
     "+a1 +s/x1 +s/y1 +s1 +b1 +root1 | -b1:shutdown -s/y1:shutdown -s/x1:shutdown "
     "-s1:shutdown -a1:shutdown -root1:shutdown |")
CASE(boot_sup_ignore,
     "ONE 3/60 { a s:ignores ONE 3/60 { x } }",
     "restart root s; count root; snap",
     "+a1 0s +root1 | 0s ={ok,undefined} | =2,1,1,1 | [root1: a1 s_]")

/* What is refused before anything starts (S2, S3) */

CASE(spec_bad_intensity,
     "ONE -1/60 { a }",
     "snap",
     "!root:{supervisor_data,{invalid_intensity,-1}} "
     "={error,{supervisor_data,{invalid_intensity,-1}}} |")
CASE(spec_bad_period,
     "ONE 3/0 { a }",
     "snap",
     "!root:{supervisor_data,{invalid_period,0}} "
     "={error,{supervisor_data,{invalid_period,0}}} |")
CASE(spec_bad_restart,
     "ONE 3/60 { a:restart=sometimes }",
     "snap",
     "!root:{start_spec,{invalid_restart_type,sometimes}} "
     "={error,{start_spec,{invalid_restart_type,sometimes}}} |")
CASE(spec_bad_shutdown,
     "ONE 3/60 { a:shutdown=-1 }",
     "snap",
     "!root:{start_spec,{invalid_shutdown,-1}} ={error,{start_spec,{invalid_shutdown,-1}}} |")
CASE(spec_bad_strategy,
     "?one_for_some 3/60 { a }",
     "snap",
     "!root:{supervisor_data,{invalid_strategy,one_for_some}} "
     "={error,{supervisor_data,{invalid_strategy,one_for_some}}} |")
CASE(spec_duplicate_id,
     "ONE 3/60 { a a }",
     "snap",
     "!root:{start_spec,{duplicate_child_name,a}} "
     "={error,{start_spec,{duplicate_child_name,a}}} |")
CASE(spec_significant_never,
     "ONE 3/60 { a:transient:significant }",
     "snap",
     "!root:{start_spec,{bad_combination,[{auto_shutdown,never},{significant,true}]}} "
     "={error,{start_spec,{bad_combination,[{auto_shutdown,never},{significant,true}]}}} |")
CASE(spec_significant_permanent,
     "ONE 3/60 ANY { a:significant }",
     "snap",
     "!root:{start_spec,{bad_combination,[{restart,permanent},{significant,true}]}} "
     "={error,{start_spec,{bad_combination,[{restart,permanent},{significant,true}]}}} |")
CASE(spec_start_child_invalid,
     "ONE 3/60 { a }",
     "start root b:restart=sometimes; start root c:transient:significant; snap",
     "+a1 +root1 | ={error,{invalid_restart_type,sometimes}} | "
     "={error,{bad_combination,[{auto_shutdown,never},{significant,true}]}} | [root1: a1]")

/* Who exits by himself (S8) */

CASE(table_one_for_all_permanent,
     "ALL 50/60 { l:traps m n:transient:traps o:temporary q }",
     "exit root/m normal; exit root/m shutdown; exit root/m {shutdown,x}; exit root/m crash; "
     "exit root/m kill; stop; snap",
     "+l1 +m1 +n1 +o1 +q1 +root1 | ~m1:normal -m1:normal -q1:shutdown -o1:shutdown "
     "~n1:shutdown -n1:shutdown ~l1:shutdown -l1:shutdown +l2 +m2 +n2 +q2 | ~m2:shutdown "
     "-m2:shutdown -q2:shutdown ~n2:shutdown -n2:shutdown ~l2:shutdown -l2:shutdown +l3 +m3 "
     "+n3 +q3 | ~m3:{shutdown,x} -m3:{shutdown,x} -q3:shutdown ~n3:shutdown -n3:shutdown "
     "~l3:shutdown -l3:shutdown +l4 +m4 +n4 +q4 | ~m4:crash -m4:crash -q4:shutdown "
     "~n4:shutdown -n4:shutdown ~l4:shutdown -l4:shutdown +l5 +m5 +n5 +q5 | -m5:killed "
     "-q5:shutdown ~n5:shutdown -n5:shutdown ~l5:shutdown -l5:shutdown +l6 +m6 +n6 +q6 | "
     "-q6:shutdown ~n6:shutdown -n6:shutdown -m6:shutdown ~l6:shutdown -l6:shutdown "
     "-root1:shutdown |")
CASE(table_one_for_all_temporary,
     "ALL 50/60 { l:traps m:temporary n:transient:traps o:temporary q }",
     "exit root/m normal; exit root/m shutdown; exit root/m {shutdown,x}; exit root/m crash; "
     "exit root/m kill; stop; snap",
     "+l1 +m1 +n1 +o1 +q1 +root1 | ~m1:normal -m1:normal | ={error,noproc} | ={error,noproc} "
     "| ={error,noproc} | ={error,noproc} | -q1:shutdown -o1:shutdown ~n1:shutdown "
     "-n1:shutdown ~l1:shutdown -l1:shutdown -root1:shutdown |")
CASE(table_one_for_all_transient,
     "ALL 50/60 { l:traps m:transient n:transient:traps o:temporary q }",
     "exit root/m normal; exit root/m shutdown; exit root/m {shutdown,x}; exit root/m crash; "
     "exit root/m kill; stop; snap",
     "+l1 +m1 +n1 +o1 +q1 +root1 | ~m1:normal -m1:normal | ={error,noproc} | ={error,noproc} "
     "| ={error,noproc} | ={error,noproc} | -q1:shutdown -o1:shutdown ~n1:shutdown "
     "-n1:shutdown ~l1:shutdown -l1:shutdown -root1:shutdown |")
CASE(table_one_for_one,
     "ONE 50/60 { pe0 pe1 pe2 pe3 pe4 tr0:transient tr1:transient tr2:transient "
     "tr3:transient tr4:transient te0:temporary te1:temporary te2:temporary te3:temporary "
     "te4:temporary }",
     "exit root/pe0 normal; exit root/pe1 shutdown; exit root/pe2 {shutdown,x}; exit "
     "root/pe3 crash; exit root/pe4 kill; exit root/tr0 normal; exit root/tr1 shutdown; exit "
     "root/tr2 {shutdown,x}; exit root/tr3 crash; exit root/tr4 kill; exit root/te0 normal; "
     "exit root/te1 shutdown; exit root/te2 {shutdown,x}; exit root/te3 crash; exit root/te4 "
     "kill; stop; snap",
     "+pe01 +pe11 +pe21 +pe31 +pe41 +tr01 +tr11 +tr21 +tr31 +tr41 +te01 +te11 +te21 +te31 "
     "+te41 +root1 | ~pe01:normal -pe01:normal +pe02 | ~pe11:shutdown -pe11:shutdown +pe12 | "
     "~pe21:{shutdown,x} -pe21:{shutdown,x} +pe22 | ~pe31:crash -pe31:crash +pe32 | "
     "-pe41:killed +pe42 | ~tr01:normal -tr01:normal | ~tr11:shutdown -tr11:shutdown | "
     "~tr21:{shutdown,x} -tr21:{shutdown,x} | ~tr31:crash -tr31:crash +tr32 | -tr41:killed "
     "+tr42 | ~te01:normal -te01:normal | ~te11:shutdown -te11:shutdown | ~te21:{shutdown,x} "
     "-te21:{shutdown,x} | ~te31:crash -te31:crash | -te41:killed | -tr42:shutdown "
     "-tr32:shutdown -pe42:shutdown -pe32:shutdown -pe22:shutdown -pe12:shutdown "
     "-pe02:shutdown -root1:shutdown |")
CASE(table_rest_for_one_permanent,
     "REST 50/60 { l:traps m n:transient:traps o:temporary q }",
     "exit root/m normal; exit root/m shutdown; exit root/m {shutdown,x}; exit root/m crash; "
     "exit root/m kill; stop; snap",
     "+l1 +m1 +n1 +o1 +q1 +root1 | ~m1:normal -m1:normal -q1:shutdown -o1:shutdown "
     "~n1:shutdown -n1:shutdown +m2 +n2 +q2 | ~m2:shutdown -m2:shutdown -q2:shutdown "
     "~n2:shutdown -n2:shutdown +m3 +n3 +q3 | ~m3:{shutdown,x} -m3:{shutdown,x} -q3:shutdown "
     "~n3:shutdown -n3:shutdown +m4 +n4 +q4 | ~m4:crash -m4:crash -q4:shutdown ~n4:shutdown "
     "-n4:shutdown +m5 +n5 +q5 | -m5:killed -q5:shutdown ~n5:shutdown -n5:shutdown +m6 +n6 "
     "+q6 | -q6:shutdown ~n6:shutdown -n6:shutdown -m6:shutdown ~l1:shutdown -l1:shutdown "
     "-root1:shutdown |")
CASE(table_rest_for_one_temporary,
     "REST 50/60 { l:traps m:temporary n:transient:traps o:temporary q }",
     "exit root/m normal; exit root/m shutdown; exit root/m {shutdown,x}; exit root/m crash; "
     "exit root/m kill; stop; snap",
     "+l1 +m1 +n1 +o1 +q1 +root1 | ~m1:normal -m1:normal | ={error,noproc} | ={error,noproc} "
     "| ={error,noproc} | ={error,noproc} | -q1:shutdown -o1:shutdown ~n1:shutdown "
     "-n1:shutdown ~l1:shutdown -l1:shutdown -root1:shutdown |")
CASE(table_rest_for_one_transient,
     "REST 50/60 { l:traps m:transient n:transient:traps o:temporary q }",
     "exit root/m normal; exit root/m shutdown; exit root/m {shutdown,x}; exit root/m crash; "
     "exit root/m kill; stop; snap",
     "+l1 +m1 +n1 +o1 +q1 +root1 | ~m1:normal -m1:normal | ={error,noproc} | ={error,noproc} "
     "| ={error,noproc} | ={error,noproc} | -q1:shutdown -o1:shutdown ~n1:shutdown "
     "-n1:shutdown ~l1:shutdown -l1:shutdown -root1:shutdown |")

/* The window (S12-S15) */

CASE(intensity_exact_edge,
     "ONE 2/60 { a b }",
     "exit root/a crash; exit root/b crash; exit root/a crash; snap",
     "+a1 +b1 +root1 | ~a1:crash -a1:crash +a2 | ~b1:crash -b1:crash +b2 | ~a2:crash "
     "-a2:crash ^root1 -b2:shutdown -root1:shutdown |")
CASE(intensity_manual_restart_not_counted,
     "ONE 1/60 { a }",
     "terminate root a; restart root a; terminate root a; restart root a; exit root/a crash; "
     "exit root/a crash; snap",
     "+a1 +root1 | -a1:shutdown | +a2 ={ok,root/a#2} | -a2:shutdown | +a3 ={ok,root/a#3} | "
     "~a3:crash -a3:crash +a4 | ~a4:crash -a4:crash ^root1 -root1:shutdown |")
CASE(intensity_not_counted_when_not_restarted,
     "ONE 1/60 { a:transient b:temporary c }",
     "exit root/a normal; exit root/b crash; exit root/c crash; exit root/c crash; snap",
     "+a1 +b1 +c1 +root1 | ~a1:normal -a1:normal | ~b1:crash -b1:crash | ~c1:crash -c1:crash "
     "+c2 | ~c2:crash -c2:crash ^root1 -root1:shutdown |")
CASE(intensity_triggering_temporary_free,
     "ALL 0/60 { a:temporary b }",
     "exit root/a crash; exit root/b crash; snap",
     "+a1 +b1 +root1 | ~a1:crash -a1:crash | ~b1:crash -b1:crash ^root1 -root1:shutdown |")
CASE(intensity_window_expires,
     "ONE 1/1 { a }",
     "exit root/a crash; sleep 2300; exit root/a crash; sleep 2300; exit root/a crash; exit "
     "root/a crash; snap",
     "+a1 +root1 | ~a1:crash -a1:crash +a2 | | ~a2:crash -a2:crash +a3 | | ~a3:crash "
     "-a3:crash +a4 | ~a4:crash -a4:crash ^root1 -root1:shutdown |")
CASE(intensity_zero,
     "ONE 0/60 { a b }",
     "exit root/a crash; snap",
     "+a1 +b1 +root1 | ~a1:crash -a1:crash ^root1 -b1:shutdown -root1:shutdown |")

/* Giving up (S15) */

CASE(escalate_permanent_sup_restarted,
     "ONE 2/60 { s ONE 1/60 { x y:traps } b }",
     "exit root/s/x crash; exit root/s/x crash; exit root/s/y crash; exit root/s/y crash; "
     "snap",
     "+s/x1 +s/y1 +s1 +b1 +root1 | ~s/x1:crash -s/x1:crash +s/x2 | ~s/x2:crash -s/x2:crash "
     "^s1 ~s/y1:shutdown -s/y1:shutdown -s1:shutdown +s/x3 +s/y2 +s2 | ~s/y2:crash "
     "-s/y2:crash +s/y3 | ~s/y3:crash -s/y3:crash ^s2 -s/x3:shutdown -s2:shutdown +s/x4 "
     "+s/y4 +s3 | [root1: s3 b1] [s3: x4 y4]")
CASE(escalate_restart_forgets_window,
     "ONE 5/60 { s ONE 1/60 { x } }",
     "exit root/s/x crash; exit root/s/x crash; exit root/s/x crash; exit root/s/x crash; "
     "exit root/s/x crash; snap",
     "+s/x1 +s1 +root1 | ~s/x1:crash -s/x1:crash +s/x2 | ~s/x2:crash -s/x2:crash ^s1 "
     "-s1:shutdown +s/x3 +s2 | ~s/x3:crash -s/x3:crash +s/x4 | ~s/x4:crash -s/x4:crash ^s2 "
     "-s2:shutdown +s/x5 +s3 | ~s/x5:crash -s/x5:crash +s/x6 | [root1: s3] [s3: x6]")
CASE(escalate_temporary_sup_removed,
     "ONE 2/60 { s:temporary ONE 0/60 { x } b }",
     "exit root/s/x crash; restart root s; snap",
     "+s/x1 +s1 +b1 +root1 | ~s/x1:crash -s/x1:crash ^s1 -s1:shutdown | ={error,not_found} | "
     "[root1: b1]")
CASE(escalate_transient_sup_not_restarted,
     "ONE 2/60 { s:transient ONE 0/60 { x y } b }",
     "exit root/s/x crash; restart root s; exit root/s/x crash; snap",
     "+s/x1 +s/y1 +s1 +b1 +root1 | ~s/x1:crash -s/x1:crash ^s1 -s/y1:shutdown -s1:shutdown | "
     "+s/x2 +s/y2 +s2 ={ok,root/s#2} | ~s/x2:crash -s/x2:crash ^s2 -s/y2:shutdown "
     "-s2:shutdown | [root1: s_ b1]")
CASE(escalate_two_levels,
     "ALL 1/60 { a:traps s REST 1/60 { x u ONE 1/60 { y } } }",
     "exit root/s/u/y crash; exit root/s/u/y crash; exit root/s/u/y crash; exit root/s/u/y "
     "crash; exit root/s/u/y crash; exit root/s/u/y crash; exit root/s/u/y crash; exit "
     "root/s/u/y crash; snap",
     "+a1 +s/x1 +s/u/y1 +s/u1 +s1 +root1 | ~s/u/y1:crash -s/u/y1:crash +s/u/y2 | "
     "~s/u/y2:crash -s/u/y2:crash ^s/u1 -s/u1:shutdown +s/u/y3 +s/u2 | ~s/u/y3:crash "
     "-s/u/y3:crash +s/u/y4 | ~s/u/y4:crash -s/u/y4:crash ^s/u2 -s/u2:shutdown ^s1 "
     "-s/x1:shutdown -s1:shutdown ~a1:shutdown -a1:shutdown +a2 +s/x2 +s/u/y5 +s/u3 +s2 | "
     "~s/u/y5:crash -s/u/y5:crash +s/u/y6 | ~s/u/y6:crash -s/u/y6:crash ^s/u3 -s/u3:shutdown "
     "+s/u/y7 +s/u4 | ~s/u/y7:crash -s/u/y7:crash +s/u/y8 | ~s/u/y8:crash -s/u/y8:crash "
     "^s/u4 -s/u4:shutdown ^s2 -s/x2:shutdown -s2:shutdown ^root1 ~a2:shutdown -a2:shutdown "
     "-root1:shutdown |")

/* Restarts that fail (S18) */

CASE(restart_fails_then_recovers,
     "ONE 3/60 { a:fail=2.3 b }",
     "exit root/a crash; exit root/a crash; snap",
     "+a1 +b1 +root1 | ~a1:crash -a1:crash !a:init_failed !a:init_failed +a2 | ~a2:crash "
     "-a2:crash ^root1 -b1:shutdown -root1:shutdown |")
CASE(restart_fails_until_escalation,
     "ONE 3/60 { a:fail_after=1 b:traps }",
     "exit root/a crash; snap",
     "+a1 +b1 +root1 | ~a1:crash -a1:crash !a:init_failed !a:init_failed !a:init_failed "
     "^root1 ~b1:shutdown -b1:shutdown -root1:shutdown |")
CASE(restart_returns_ignore,
     "ONE 3/60 { a:ignore_after=1 b }",
     "exit root/a crash; restart root a; count root; delete root a; snap",
     "+a1 +b1 +root1 | ~a1:crash -a1:crash 0a | 0a ={ok,undefined} | =2,1,0,2 | | [root1: b1]")

/* one_for_one (S16) */

CASE(one_terminated_child_stays_down,
     "ONE 3/60 { a b }",
     "terminate root b; exit root/a crash; snap",
     "+a1 +b1 +root1 | -b1:shutdown | ~a1:crash -a1:crash +a2 | [root1: a2 b_]")

/* one_for_all (S17, S18) */

CASE(all_other_child_fails_restart,
     "ALL 5/60 { a:traps b:fail=2 c }",
     "exit root/a crash; exit root/c crash; snap",
     "+a1 +b1 +c1 +root1 | ~a1:crash -a1:crash -c1:shutdown -b1:shutdown +a2 !b:init_failed "
     "~a2:shutdown -a2:shutdown +a3 +b2 +c2 | ~c2:crash -c2:crash -b2:shutdown ~a3:shutdown "
     "-a3:shutdown +a4 +b3 +c3 | [root1: a4 b3 c3]")
CASE(all_other_child_fails_twice,
     "ALL 5/60 { a b:fail=2.3 c:temporary }",
     "exit root/a crash; snap",
     "+a1 +b1 +c1 +root1 | ~a1:crash -a1:crash -c1:shutdown -b1:shutdown +a2 !b:init_failed "
     "-a2:shutdown +a3 !b:init_failed -a3:shutdown +a4 +b2 | [root1: a4 b2]")
CASE(all_restart_fails_until_escalation,
     "ALL 2/60 { a b:fail_after=1 c }",
     "exit root/c crash; snap",
     "+a1 +b1 +c1 +root1 | ~c1:crash -c1:crash -b1:shutdown -a1:shutdown +a2 !b:init_failed "
     "-a2:shutdown +a3 !b:init_failed ^root1 -a3:shutdown -root1:shutdown |")
CASE(all_restart_returns_ignore,
     "ALL 3/60 { a:ignore_after=1 b }",
     "exit root/b crash; exit root/b crash; snap",
     "+a1 +b1 +root1 | ~b1:crash -b1:crash -a1:shutdown 0a +b2 | ~b2:crash -b2:crash 0a +b3 "
     "| [root1: a_ b3]")
CASE(all_shutdown_kinds,
     "ALL 3/60 { a:traps:delay=20 b:brutal:traps c:shutdown=30:traps:delay=300 "
     "d:infinity:traps:delay=60 e:transient:shutdown=30:traps:delay=300 }",
     "exit root/d crash; stop; snap",
     "+a1 +b1 +c1 +d1 +e1 +root1 | ~d1:crash -d1:crash ~e1:shutdown -e1:killed ~c1:shutdown "
     "-c1:killed -b1:killed ~a1:shutdown -a1:shutdown +a2 +b2 +c2 +d2 +e2 | ~e2:shutdown "
     "-e2:killed ~d2:shutdown -d2:shutdown ~c2:shutdown -c2:killed -b2:killed ~a2:shutdown "
     "-a2:shutdown -root1:shutdown |")
CASE(all_temporary_bystander,
     "ALL 3/60 { a t:temporary b }",
     "exit root/a crash; start root t:temporary; exit root/b crash; snap",
     "+a1 +t1 +b1 +root1 | ~a1:crash -a1:crash -b1:shutdown -t1:shutdown +a2 +b2 | +t2 "
     "={ok,root/t#2} | ~b2:crash -b2:crash -t2:shutdown -a2:shutdown +a3 +b3 | [root1: a3 b3]")
CASE(all_terminated_child_is_restarted_with_group,
     "ALL 3/60 { a b }",
     "terminate root b; exit root/a crash; snap",
     "+a1 +b1 +root1 | -b1:shutdown | ~a1:crash -a1:crash +a2 +b2 | [root1: a2 b2]")
CASE(all_transient_done_is_restarted_with_group,
     "ALL 3/60 { a t:transient }",
     "exit root/t normal; exit root/a crash; snap",
     "+a1 +t1 +root1 | ~t1:normal -t1:normal | ~a1:crash -a1:crash +a2 +t2 | [root1: a2 t2]")
CASE(all_trigger_fails_restart,
     "ALL 5/60 { a:fail=2 b:traps }",
     "exit root/a crash; snap",
     "+a1 +b1 +root1 | ~a1:crash -a1:crash ~b1:shutdown -b1:shutdown !a:init_failed +a2 +b2 "
     "| [root1: a2 b2]")

CASE(all_first_member_is_temporary,
     "ALL 3/60 { t:temporary a u:temporary b }",
     "exit root/b crash; snap",
     "+t1 +a1 +u1 +b1 +root1 | ~b1:crash -b1:crash -u1:shutdown -a1:shutdown -t1:shutdown "
     "+a2 +b2 | [root1: a2 b2]")
CASE(all_everybody_else_is_temporary,
     "ALL 3/60 { t:temporary a u:temporary }",
     "exit root/a crash; snap",
     "+t1 +a1 +u1 +root1 | ~a1:crash -a1:crash -u1:shutdown -t1:shutdown +a2 | [root1: a2]")

/* rest_for_one (S17, S18) */

CASE(rest_other_child_fails_restart,
     "REST 5/60 { z a:traps b:fail=2 c }",
     "exit root/a crash; exit root/z crash; snap",
     "+z1 +a1 +b1 +c1 +root1 | ~a1:crash -a1:crash -c1:shutdown -b1:shutdown +a2 "
     "!b:init_failed +b2 +c2 | ~z1:crash -z1:crash -c2:shutdown -b2:shutdown ~a2:shutdown "
     "-a2:shutdown +z2 +a3 +b3 +c3 | [root1: z2 a3 b3 c3]")
CASE(rest_restart_fails_until_escalation,
     "REST 2/60 { a b:fail_after=1 c }",
     "exit root/b crash; snap",
     "+a1 +b1 +c1 +root1 | ~b1:crash -b1:crash -c1:shutdown !b:init_failed !b:init_failed "
     "^root1 -a1:shutdown -root1:shutdown |")
CASE(rest_temporary_bystander,
     "REST 3/60 { t0:temporary a t:temporary b }",
     "exit root/a crash; start root t:temporary; exit root/b crash; exit root/a crash; snap",
     "+t01 +a1 +t1 +b1 +root1 | ~a1:crash -a1:crash -b1:shutdown -t1:shutdown +a2 +b2 | +t2 "
     "={ok,root/t#2} | ~b2:crash -b2:crash -t2:shutdown +b3 | ~a2:crash -a2:crash "
     "-b3:shutdown +a3 +b4 | [root1: t01 a3 b4]")
CASE(rest_terminated_child_is_restarted_with_group,
     "REST 3/60 { z a b }",
     "terminate root b; terminate root z; exit root/a crash; snap",
     "+z1 +a1 +b1 +root1 | -b1:shutdown | -z1:shutdown | ~a1:crash -a1:crash +a2 +b2 | "
     "[root1: z_ a2 b2]")

/* Deaths at once (S17) */

CASE(burst_auto_all_last_two,
     "ONE 3/60 EVERY { x:transient:significant y:transient:significant }",
     "burst root x=normal y=crash; snap",
     "+x1 +y1 +root1 | ~x1:normal -x1:normal ~y1:crash -y1:crash +y2 | [root1: x_ y2]")
CASE(burst_auto_any,
     "ONE 3/60 ANY { x:transient:significant y }",
     "burst root x=normal y=crash; snap",
     "+x1 +y1 +root1 | ~x1:normal -x1:normal ~y1:crash -y1:crash -root1:shutdown |")
CASE(burst_exceeds_intensity,
     "ONE 1/60 { a b c:traps }",
     "burst root a=crash b=crash; snap",
     "+a1 +b1 +c1 +root1 | ~a1:crash -a1:crash ~b1:crash -b1:crash +a2 ^root1 ~c1:shutdown "
     "-c1:shutdown -a2:shutdown -root1:shutdown |")
CASE(burst_one_for_all_single_restart,
     "ALL 1/60 { a b c }",
     "burst root b=crash a=kill c=normal; snap",
     "+a1 +b1 +c1 +root1 | ~b1:crash -b1:crash -a1:killed ~c1:normal -c1:normal +a2 +b2 +c2 "
     "| [root1: a2 b2 c2]")
CASE(burst_one_for_one,
     "ONE 3/60 { a b c }",
     "burst root c=crash a=kill; burst root a=normal b=crash; snap",
     "+a1 +b1 +c1 +root1 | ~c1:crash -c1:crash -a1:killed +c2 +a2 | ~a2:normal -a2:normal "
     "~b1:crash -b1:crash +a3 ^root1 -c2:shutdown -a3:shutdown -root1:shutdown |")
CASE(burst_rest_for_one_earlier_first,
     "REST 1/60 { a b c }",
     "burst root a=crash c=crash; snap",
     "+a1 +b1 +c1 +root1 | ~a1:crash -a1:crash ~c1:crash -c1:crash -b1:shutdown +a2 +b2 +c2 "
     "| [root1: a2 b2 c2]")
CASE(burst_rest_for_one_later_first,
     "REST 3/60 { a b c }",
     "burst root c=crash a=crash; snap",
     "+a1 +b1 +c1 +root1 | ~c1:crash -c1:crash ~a1:crash -a1:crash +c2 -c2:shutdown "
     "-b1:shutdown +a2 +b2 +c3 | [root1: a2 b2 c3]")
CASE(burst_simple,
     "ONE 3/60 { s SIMPLE 3/60 { k } }",
     "start root/s k1; start root/s k2; start root/s k3; burst root/s k3=crash k1=kill; snap",
     "+s1 +root1 | +s/k11 ={ok,root/s/k1#1} | +s/k21 ={ok,root/s/k2#1} | +s/k31 "
     "={ok,root/s/k3#1} | ~s/k31:crash -s/k31:crash -s/k11:killed +s/k32 +s/k12 | [root1: "
     "s1] [s1: k32 k21 k12]")
CASE(burst_temporary_flushed_by_group,
     "REST 1/60 { a b:temporary }",
     "burst root a=crash b=crash; snap",
     "+a1 +b1 +root1 | ~a1:crash -a1:crash ~b1:crash -b1:crash +a2 | [root1: a2]")
CASE(burst_transient_normal_before_group,
     "ALL 1/60 { a b:transient }",
     "burst root b=normal a=crash; snap",
     "+a1 +b1 +root1 | ~b1:normal -b1:normal ~a1:crash -a1:crash +a2 +b2 | [root1: a2 b2]")
CASE(burst_transient_normal_flushed_by_group,
     "ALL 1/60 { a b:transient }",
     "burst root a=crash b=normal; snap",
     "+a1 +b1 +root1 | ~a1:crash -a1:crash ~b1:normal -b1:normal +a2 +b2 | [root1: a2 b2]")
CASE(burst_with_failing_restart,
     "ONE 3/60 { a:fail=2 b }",
     "burst root a=crash b=crash; snap",
     "+a1 +b1 +root1 | ~a1:crash -a1:crash ~b1:crash -b1:crash !a:init_failed +b2 +a2 | "
     "[root1: a2 b2]")

/* Stopping (S20-S25) */

CASE(stop_shutdown_kinds,
     "ONE 3/60 { a:traps:delay=20 b:brutal:traps c:shutdown=30:traps:delay=300 "
     "d:infinity:traps:delay=60 e:transient:shutdown=30:traps:delay=300 }",
     "stop; snap",
     "+a1 +b1 +c1 +d1 +e1 +root1 | ~e1:shutdown -e1:killed ~d1:shutdown -d1:shutdown "
     "~c1:shutdown -c1:killed -b1:killed ~a1:shutdown -a1:shutdown -root1:shutdown |")
CASE(stop_sup_reason,
     "ONE 3/60 { s ONE 3/60 { x:traps } }",
     "exit root/s normal; exit root/s crash; exit root crash; snap",
     "+s/x1 +s1 +root1 | ~s/x1:shutdown -s/x1:shutdown -s1:normal +s/x2 +s2 | ~s/x2:shutdown "
     "-s/x2:shutdown -s2:crash +s/x3 +s3 | ~s/x3:shutdown -s/x3:shutdown -s3:shutdown "
     "-root1:crash |")
CASE(terminate_child_shutdown_kinds,
     "ONE 3/60 { a:traps:delay=20 b:brutal:traps c:shutdown=30:traps:delay=300 "
     "d:infinity:traps:delay=60 e:transient:shutdown=30:traps:delay=300 }",
     "terminate root a; terminate root b; terminate root c; terminate root d; terminate root "
     "e; snap",
     "+a1 +b1 +c1 +d1 +e1 +root1 | ~a1:shutdown -a1:shutdown | -b1:killed | ~c1:shutdown "
     "-c1:killed | ~d1:shutdown -d1:shutdown | ~e1:shutdown -e1:killed | [root1: a_ b_ c_ d_ "
     "e_]")

/* Signals (S5) */

CASE(signal_rules,
     "ONE 9/60 { n t:traps }",
     "signal root/n normal; signal root/n shutdown; signal root/n {shutdown,x}; signal "
     "root/n crash; signal root/n kill; signal root/t normal; signal root/t shutdown; signal "
     "root/t {shutdown,x}; signal root/t crash; signal root/t kill; signal root normal; "
     "signal root crash; snap",
     "+n1 +t1 +root1 | | -n1:shutdown +n2 | -n2:{shutdown,x} +n3 | -n3:crash +n4 | "
     "-n4:killed +n5 | ?t1:normal | ?t1:shutdown | ?t1:{shutdown,x} | ?t1:crash | -t1:killed "
     "+t2 | | | [root1: n5 t2]")
CASE(child_sup_restart_fails,
     "ONE 5/60 { s ONE 0/60 { x y:fail=2 } }",
     "exit root/s/x crash; exit root/s/y crash; snap",
     "+s/x1 +s/y1 +s1 +root1 | ~s/x1:crash -s/x1:crash ^s1 -s/y1:shutdown -s1:shutdown +s/x2 "
     "!s/y:init_failed -s/x2:shutdown !s:{shutdown,{failed_to_start_child,y,init_failed}} "
     "+s/x3 +s/y2 +s2 | ~s/y2:crash -s/y2:crash ^s2 -s/x3:shutdown -s2:shutdown +s/x4 +s/y3 "
     "+s3 | [root1: s3] [s3: x4 y3]")

/* Management calls (S28-S31) */

CASE(adm_dynamic_order_rest,
     "REST 9/60 { a b }",
     "start root c; exit root/b crash; terminate root b; delete root b; start root b; exit "
     "root/c crash; stop; snap",
     "+a1 +b1 +root1 | +c1 ={ok,root/c#1} | ~b1:crash -b1:crash -c1:shutdown +b2 +c2 | "
     "-b2:shutdown | | +b3 ={ok,root/b#3} | ~c2:crash -c2:crash -b3:shutdown +c3 +b4 | "
     "-b4:shutdown -c3:shutdown -a1:shutdown -root1:shutdown |")
CASE(adm_life,
     "ONE 3/60 { a }",
     "start root a; start root b:transient; terminate root b; start root b; restart root b; "
     "restart root b; delete root b; terminate root b; terminate root b; delete root b; "
     "delete root b; restart root b; terminate root b; count root; snap",
     "+a1 +root1 | ={error,{already_started,root/a#1}} | +b1 ={ok,root/b#1} | -b1:shutdown | "
     "={error,already_present} | +b2 ={ok,root/b#2} | ={error,running} | ={error,running} | "
     "-b2:shutdown | | | ={error,not_found} | ={error,not_found} | ={error,not_found} | "
     "=1,1,0,1 | [root1: a1]")
CASE(adm_restart_child_fails,
     "ONE 3/60 { a:fail=2 }",
     "terminate root a; restart root a; restart root a; snap",
     "+a1 +root1 | -a1:shutdown | !a:init_failed ={error,init_failed} | +a2 ={ok,root/a#2} | "
     "[root1: a2]")
CASE(adm_start_child_fails,
     "ONE 3/60 { a }",
     "start root b:fail_first=1; start root b:fail_first=1; start root i:ignores; start root "
     "it:temporary:ignores; snap",
     "+a1 +root1 | !b:init_failed ={error,{init_failed,child}} | +b1 ={ok,root/b#1} | 0i "
     "={ok,undefined} | 0it ={ok,undefined} | [root1: a1 b1 i_]")
CASE(adm_start_child_sup_fails,
     "ONE 3/60 { a }",
     "start root s ONE 3/60 { x:traps y:fail_first=1 }; start root s ONE 3/60 { x "
     "y:fail_first=1 }; snap",
     "+a1 +root1 | +s/x1 !s/y:init_failed ~s/x1:shutdown -s/x1:shutdown "
     "!s:{shutdown,{failed_to_start_child,y,init_failed}} "
     "={error,{{shutdown,{failed_to_start_child,y,init_failed}},child}} | +s/x2 +s/y1 +s1 "
     "={ok,root/s#1} | [root1: a1 s1] [s1: x2 y1]")
CASE(adm_temporary_terminate_deletes,
     "ONE 3/60 { a:temporary b }",
     "terminate root a; restart root a; delete root a; start root a:temporary; snap",
     "+a1 +b1 +root1 | -a1:shutdown | ={error,not_found} | ={error,not_found} | +a2 "
     "={ok,root/a#2} | [root1: b1 a2]")
CASE(adm_terminate_subtree_restart_resets,
     "ONE 3/60 { s ONE 3/60 { x } b }",
     "start root/s dyn; terminate root s; restart root s; snap",
     "+s/x1 +s1 +b1 +root1 | +s/dyn1 ={ok,root/s/dyn#1} | -s/dyn1:shutdown -s/x1:shutdown "
     "-s1:shutdown | +s/x2 +s2 ={ok,root/s#2} | [root1: s2 b1] [s2: x2]")
CASE(adm_transient_normal_keeps_spec,
     "ONE 3/60 { a:transient }",
     "exit root/a normal; count root; restart root a; exit root/a normal; delete root a; "
     "count root; snap",
     "+a1 +root1 | ~a1:normal -a1:normal | =1,0,0,1 | +a2 ={ok,root/a#2} | ~a2:normal "
     "-a2:normal | | =0,0,0,0 | [root1:]")

/* Significant children (S26, S27) */

CASE(auto_all_terminate_child_does_not_trigger,
     "ONE 3/60 EVERY { x:transient:significant y:transient:significant }",
     "exit root/x normal; terminate root y; restart root y; exit root/y normal; snap",
     "+x1 +y1 +root1 | ~x1:normal -x1:normal | -y1:shutdown | +y2 ={ok,root/y#2} | "
     "~y2:normal -y2:normal -root1:shutdown |")
CASE(auto_all_terminated_not_counted,
     "ONE 3/60 EVERY { x:transient:significant y:transient:significant }",
     "terminate root y; exit root/x normal; snap",
     "+x1 +y1 +root1 | -y1:shutdown | ~x1:normal -x1:normal -root1:shutdown |")
CASE(auto_all,
     "ONE 3/60 EVERY { x:transient:significant y:transient:significant "
     "t:temporary:significant n:transient }",
     "exit root/n normal; exit root/x normal; exit root/t crash; exit root/y {shutdown,x}; "
     "snap",
     "+x1 +y1 +t1 +n1 +root1 | ~n1:normal -n1:normal | ~x1:normal -x1:normal | ~t1:crash "
     "-t1:crash | ~y1:{shutdown,x} -y1:{shutdown,x} -root1:shutdown |")
CASE(auto_any_group_bystander,
     "ALL 3/60 ANY { a t:temporary:significant x:transient:significant }",
     "exit root/a crash; exit root/x crash; exit root/x normal; snap",
     "+a1 +t1 +x1 +root1 | ~a1:crash -a1:crash -x1:shutdown -t1:shutdown +a2 +x2 | ~x2:crash "
     "-x2:crash -a2:shutdown +a3 +x3 | ~x3:normal -x3:normal -a3:shutdown -root1:shutdown |")
CASE(auto_any_permanent_sup_restarted,
     "ONE 2/60 { s ONE 3/60 ANY { x:transient:significant y } }",
     "exit root/s/x shutdown; exit root/s/x normal; exit root/s/x normal; snap",
     "+s/x1 +s/y1 +s1 +root1 | ~s/x1:shutdown -s/x1:shutdown -s/y1:shutdown -s1:shutdown "
     "+s/x2 +s/y2 +s2 | ~s/x2:normal -s/x2:normal -s/y2:shutdown -s2:shutdown +s/x3 +s/y3 "
     "+s3 | ~s/x3:normal -s/x3:normal -s/y3:shutdown -s3:shutdown ^root1 -root1:shutdown |")
CASE(auto_any_temporary_crash,
     "ONE 3/60 { s ONE 3/60 ANY { t:temporary:significant y } }",
     "exit root/s/t crash; snap",
     "+s/t1 +s/y1 +s1 +root1 | ~s/t1:crash -s/t1:crash -s/y1:shutdown -s1:shutdown +s/t2 "
     "+s/y2 +s2 | [root1: s2] [s2: t2 y2]")
CASE(auto_any,
     "ONE 3/60 { s:transient ONE 3/60 ANY { x:transient:significant t:temporary:significant "
     "y:traps } }",
     "exit root/s/x crash; exit root/s/y normal; terminate root/s x; restart root/s x; exit "
     "root/s/x normal; snap",
     "+s/x1 +s/t1 +s/y1 +s1 +root1 | ~s/x1:crash -s/x1:crash +s/x2 | ~s/y1:normal "
     "-s/y1:normal +s/y2 | -s/x2:shutdown | +s/x3 ={ok,root/s/x#3} | ~s/x3:normal "
     "-s/x3:normal ~s/y2:shutdown -s/y2:shutdown -s/t1:shutdown -s1:shutdown | [root1: s_]")
CASE(auto_simple_all,
     "ONE 3/60 { s:temporary SIMPLE 3/60 EVERY { k:transient:significant } }",
     "start root/s k1; start root/s k2; terminate root/s k2; start root/s k3; exit root/s/k1 "
     "normal; exit root/s/k3 crash; exit root/s/k3 normal; snap",
     "+s1 +root1 | +s/k11 ={ok,root/s/k1#1} | +s/k21 ={ok,root/s/k2#1} | -s/k21:shutdown | "
     "+s/k31 ={ok,root/s/k3#1} | ~s/k11:normal -s/k11:normal | ~s/k31:crash -s/k31:crash "
     "+s/k32 | ~s/k32:normal -s/k32:normal -s1:shutdown | [root1:]")
CASE(auto_simple_any,
     "ONE 3/60 { s:temporary SIMPLE 3/60 ANY { k:temporary:significant } }",
     "start root/s k1; start root/s k2; exit root/s/k1 normal; snap",
     "+s1 +root1 | +s/k11 ={ok,root/s/k1#1} | +s/k21 ={ok,root/s/k2#1} | ~s/k11:normal "
     "-s/k11:normal -s/k21:shutdown -s1:shutdown | [root1:]")

/* simple_one_for_one (S24, S33-S36) */

CASE(simple_brutal,
     "ONE 3/60 { s SIMPLE 3/60 { k:brutal:traps } }",
     "start root/s k1; start root/s k2; start root/s k3; stop; snap",
     "+s1 +root1 | +s/k11 ={ok,root/s/k1#1} | +s/k21 ={ok,root/s/k2#1} | +s/k31 "
     "={ok,root/s/k3#1} | -s/k11:killed -s/k21:killed -s/k31:killed -s1:shutdown "
     "-root1:shutdown |")
CASE(simple_escalation,
     "ONE 3/60 { s SIMPLE 1/60 { k:traps } }",
     "start root/s k1; start root/s k2; start root/s k3; exit root/s/k2 crash; exit "
     "root/s/k2 crash; start root/s k4; snap",
     "+s1 +root1 | +s/k11 ={ok,root/s/k1#1} | +s/k21 ={ok,root/s/k2#1} | +s/k31 "
     "={ok,root/s/k3#1} | ~s/k21:crash -s/k21:crash +s/k22 | ~s/k22:crash -s/k22:crash ^s1 "
     "~s/k11:shutdown -s/k11:shutdown ~s/k31:shutdown -s/k31:shutdown -s1:shutdown +s2 | "
     "+s/k41 ={ok,root/s/k4#1} | [root1: s2] [s2: k41]")
CASE(simple_ignore,
     "ONE 3/60 { s SIMPLE 3/60 { k:ignores } }",
     "start root/s k1; count root/s; stop; snap",
     "+s1 +root1 | 0s/k1 ={ok,undefined} | =1,0,0,0 | -s1:shutdown -root1:shutdown |")
CASE(simple_life,
     "ONE 3/60 { s SIMPLE 3/60 { k:transient } }",
     "start root/s k1; start root/s k2; start root/s k3; count root/s; exit root/s/k2 crash; "
     "exit root/s/k1 normal; terminate root/s k2; terminate root/s k2; terminate root/s "
     "nope; restart root/s k1; delete root/s k1; count root/s; stop; snap",
     "+s1 +root1 | +s/k11 ={ok,root/s/k1#1} | +s/k21 ={ok,root/s/k2#1} | +s/k31 "
     "={ok,root/s/k3#1} | =1,3,0,3 | ~s/k21:crash -s/k21:crash +s/k22 | ~s/k11:normal "
     "-s/k11:normal | -s/k22:shutdown | | ={error,simple_one_for_one} | "
     "={error,simple_one_for_one} | ={error,simple_one_for_one} | =1,1,0,1 | -s/k31:shutdown "
     "-s1:shutdown -root1:shutdown |")
CASE(simple_parallel_stop_timeout,
     "ONE 3/60 { s SIMPLE 3/60 { k:shutdown=30:traps:delay=300 } }",
     "start root/s k1; start root/s k2; start root/s k3; terminate root s; snap",
     "+s1 +root1 | +s/k11 ={ok,root/s/k1#1} | +s/k21 ={ok,root/s/k2#1} | +s/k31 "
     "={ok,root/s/k3#1} | ~s/k11:shutdown ~s/k21:shutdown ~s/k31:shutdown -s/k11:killed "
     "-s/k21:killed -s/k31:killed -s1:shutdown | [root1: s_]")
CASE(simple_parallel_stop,
     "ONE 3/60 { s SIMPLE 3/60 { k:shutdown=500:traps:delay=40 } b }",
     "start root/s k1; start root/s k2; start root/s k3; start root/s k4; start root/s k5; "
     "stop; snap",
     "+s1 +b1 +root1 | +s/k11 ={ok,root/s/k1#1} | +s/k21 ={ok,root/s/k2#1} | +s/k31 "
     "={ok,root/s/k3#1} | +s/k41 ={ok,root/s/k4#1} | +s/k51 ={ok,root/s/k5#1} | -b1:shutdown "
     "~s/k11:shutdown ~s/k21:shutdown ~s/k31:shutdown ~s/k41:shutdown ~s/k51:shutdown "
     "-s/k11:shutdown -s/k21:shutdown -s/k31:shutdown -s/k41:shutdown -s/k51:shutdown "
     "-s1:shutdown -root1:shutdown |")
CASE(simple_restart_fails,
     "ONE 3/60 { s SIMPLE 5/60 { k:fail=2 } }",
     "start root/s k1; start root/s k2; exit root/s/k1 crash; count root/s; snap",
     "+s1 +root1 | +s/k11 ={ok,root/s/k1#1} | +s/k21 ={ok,root/s/k2#1} | ~s/k11:crash "
     "-s/k11:crash !s/k1:init_failed +s/k12 | =1,2,0,2 | [root1: s1] [s1: k21 k12]")
CASE(simple_start_fails,
     "ONE 3/60 { s SIMPLE 3/60 { k:fail_first=1 } }",
     "start root/s k1; start root/s k1; count root/s; snap",
     "+s1 +root1 | !s/k1:init_failed ={error,init_failed} | +s/k11 ={ok,root/s/k1#1} | "
     "=1,1,0,1 | [root1: s1] [s1: k11]")
