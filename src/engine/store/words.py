"""Finding a row by the words of its search key (words parted by single blanks), whichever the database.

PostgreSQL's own text search splits Chinese into nothing useful, so its parser is passed over: the key's words are the
lexemes as they stand, served by a GIN index on `array_to_tsvector(string_to_array(key, ' '))`. SQLite looks through the
rows. Both find the same: a word of the key begins with the word that was asked for.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class HasWord(FunctionElement[bool]):
    """A condition on a column with a search key: one of its words begins like this one."""

    type = sa.Boolean()
    inherit_cache = True
    name = "has_word"


def has_word(key: sa.ColumnElement[Any], word: str) -> sa.ColumnElement[bool]:
    """The condition for one word, which holds no blank.

    :raises ValueError: the word is empty or holds a blank.
    """
    if not word or word.split() != [word]:
        raise ValueError("one word, please")
    quoted = word.replace("\\", "\\\\").replace("'", "''")
    pattern = word.replace("/", "//").replace("%", "/%").replace("_", "/_")
    return HasWord(key, sa.literal(f"'{quoted}':*"), sa.literal(f"% {pattern}%"))


@compiles(HasWord)
def _by_pattern(element: HasWord, compiler: SQLCompiler, **options: Any) -> str:
    key, _query, pattern = (compiler.process(each, **options) for each in element.clauses)
    return f"(' ' || {key}) LIKE {pattern} ESCAPE '/'"


@compiles(HasWord, "postgresql")
def _by_index(element: HasWord, compiler: SQLCompiler, **options: Any) -> str:
    key, query, _pattern = (compiler.process(each, **options) for each in element.clauses)
    return f"{INDEXED.format(key=key)} @@ CAST({query} AS tsquery)"


#: The indexed expression, as a migration writes it too.
INDEXED = "array_to_tsvector(string_to_array({key}, ' '))"
