// Shuts a file system down as a power cut would: nothing that is not on the disk yet gets there any more.
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>

int main(int count, char **arguments) {
    uint32_t no_log_flush = 2;
    int folder = count == 2 ? open(arguments[1], O_RDONLY | O_DIRECTORY) : -1;
    // EXT4_IOC_SHUTDOWN, which is XFS_IOC_GOINGDOWN and F2FS_IOC_SHUTDOWN too
    if (folder < 0 || ioctl(folder, _IOR('X', 125, uint32_t), &no_log_flush) != 0) {
        perror("shutdown");
        return 1;
    }
    return 0;
}
