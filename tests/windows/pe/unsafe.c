/* What check_pe.py must catch: an import that no server has, and a header without the loader's protections. */
__declspec(dllimport) int stranger(void);

int main(void)
{
    return stranger();
}
