-- Workers that have no database speak to the API, with a token that may do nothing else.

ALTER TYPE "Scope" ADD VALUE 'WORK' BEFORE 'ADMIN';
