"""How Alembic reaches the catalogue: over the engine that the program hands it, in one transaction."""

from alembic import context

with context.config.attributes["engine"].connect() as connection:
    context.configure(connection=connection, transactional_ddl=True)
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
