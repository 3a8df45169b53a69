#!/bin/sh
# Run once, when the database of docker-compose.yml is made: lets the replica connect with the database's password.
echo 'host replication all all scram-sha-256' >> "$PGDATA/pg_hba.conf"
