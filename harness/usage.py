"""What the command says of itself. It is here so that to print it nothing has to be imported."""

EXAMPLES = """\
examples:
  venvproof run                                        every scenario against venv and uv
  venvproof run --tool uv@0.7.13 --tool uv links       one family, two releases
  venvproof run --tool uv@./target/debug/uv -n 2       your own build, on two cores
  venvproof tools                                      what can be tested, what is at hand, what is cached
"""

HELP = f"""\
usage: venvproof [-h] [--version] VERB ...

What tools that make Python environments do to the tree around them.

options:
  -h, --help  show this help message and exit
  --version   show program's version number and exit

verbs, each with a --help of its own:
  run         play scenarios against tools and print the comparison
  merge       join result files: shards of a run, several machines
  diff        tell what changed between two result files, or between two tools
  expect      print the expectations that explain result files
  sarif       tell what is broken in SARIF, for code scanning
  script      write a case as a shell script that needs no harness
  shell       plant a case's tree and open a shell in it, contained
  explain     play a case and tell which call broke what
  issue       write the bug report of a case, to be filed in a tool's tracker
  report      make a site, a page of Markdown and data to publish of results
  badge       write a badge for each tool and family
  plot        draw a tool over its versions, or the tools beside each other
  capture     write a scenario of the state of a directory of yours
  record      run a command in a copy of this directory, and write what it did as a scenario
  layout      look at a project's .venv and tell what each tool at hand does there
  check       look through scenarios: format, words, twins, trees, checks that cannot fail
  new         write a scenario to begin with
  list        list families, scenarios and cases, chosen as for a run
  show        draw a scenario: its tree, steps and checks, and the commands of a case
  tools       list the tools that are built in, at hand and cached
  filesystems list those that a run can make here, or compare the results on several

{EXAMPLES}"""
